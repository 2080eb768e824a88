"""What one country answers another: a searchset Bundle joined from stored bytes, in sizes that tell little."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
import orjson
from msgspec import Meta, Raw

from corridor.domain.errors import CorridorError, MalformedError
from corridor.domain.grade import RELEASABLE, Grade
from corridor.domain.history import Entry
from corridor.fhir.parse import parse_object

TYPES = frozenset(
    {
        "Patient",
        "Medication",
        "MedicationStatement",
        "MedicationRequest",
        "MedicationDispense",
        "Observation",
        "DiagnosticReport",
        "Condition",
        "AllergyIntolerance",
        "Immunization",
    }
)
"""Types that the projection has."""

MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
SCORES = {Grade.CERTAIN: 1.0, Grade.PROBABLE: 0.9, Grade.POSSIBLE: 0.5, Grade.CERTAINLY_NOT: 0.0}
"""One number per grade, so that an answer tells no more than its grade."""

BUCKETS_BYTES = (64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024)
ENTRIES_MAX = 20_000

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class _Extension(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    url: str
    value_code: Grade


class _Search(msgspec.Struct, forbid_unknown_fields=True):
    mode: Literal["match", "include"]
    score: float | None = None
    extension: Annotated[tuple[_Extension, ...], Meta(max_length=1)] = ()


class _Entry(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    full_url: Annotated[str, Meta(max_length=2048)]
    resource: Raw
    search: _Search


class _Bundle(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    resource_type: Literal["Bundle"]
    type: Literal["searchset"]
    entry: Annotated[tuple[_Entry, ...], Meta(max_length=ENTRIES_MAX)] = ()


def render_answer(entries: Sequence[Entry], grade: Grade | None, *, base_url: str) -> bytes:
    """The answer of one country, filled with blanks so that its length tells little.

    Args:
        entries: pseudonymised resources, the Patient first; none makes the one empty answer there is.
        grade: how sure the match is; None for an answer inside a lease.
        base_url: of this country's exchange base, without a slash at the end.

    Source: https://hl7.org/fhir/R4/patient-operation-match.html; TRUST section 7.2, network observer.
    """
    joined = b",".join(_rendered(entry, grade, base_url, first=not index) for index, entry in enumerate(entries))
    inner = b',"entry":[%b]' % joined if joined else b""
    return _padded(b'{"resourceType":"Bundle","type":"searchset"%b}' % inner)


def _rendered(entry: Entry, grade: Grade | None, base_url: str, *, first: bool) -> bytes:
    address = orjson.dumps(f"{base_url}/{entry.resource_type}/{entry.id}")
    search: dict[str, object] = {"mode": "match" if first or grade is None else "include"}
    if first and grade is not None:
        search |= {"score": SCORES[grade], "extension": [{"url": MATCH_GRADE, "valueCode": grade.value}]}
    return b'{"fullUrl":%b,"resource":%b,"search":%b}' % (address, entry.body, orjson.dumps(search))


def _padded(body: bytes) -> bytes:
    largest = BUCKETS_BYTES[-1]
    size = next((bucket for bucket in BUCKETS_BYTES if len(body) <= bucket), -(-len(body) // largest) * largest)
    return body.ljust(size)


EMPTY_ANSWER = render_answer((), None, base_url="")
"""What a decoy, a stranger, a doubt and a refusal all look like."""


def parse_answer(body: bytes) -> tuple[tuple[Entry, ...], Grade | None]:
    """Resources and grade of a country's answer; none and None where it has nothing to say.

    Raises:
        MalformedError: anything else than an answer as this federation makes it.
    """
    bundle = _decoded(body)
    if not bundle.entry:
        return (), None
    entries = tuple(_entry(row) for row in bundle.entry)
    first = bundle.entry[0].search
    if len({(entry.resource_type, entry.id) for entry in entries}) != len(entries):
        raise MalformedError("An answer holds a resource twice.")
    if [entry.resource_type for entry in entries].count("Patient") != 1 or entries[0].resource_type != "Patient":
        raise MalformedError("An answer is about one Patient, which comes first.")
    if [(each.url, each.value_code in RELEASABLE) for each in first.extension] != [(MATCH_GRADE, True)]:
        raise MalformedError("An answer says how sure the match is.")
    return entries, first.extension[0].value_code


def _entry(row: _Entry) -> Entry:
    raw = bytes(row.resource)
    try:
        resource = parse_object(raw)
    except CorridorError:
        raise MalformedError("An answer holds something that is no resource.") from None
    resource_type, own_id = resource.get("resourceType"), resource.get("id")
    if resource_type not in TYPES or not isinstance(own_id, str) or not _ID.fullmatch(own_id):
        raise MalformedError("An answer holds a resource of a type that does not cross, or without an id.")
    if not row.full_url.endswith(f"/{resource_type}/{own_id}"):
        raise MalformedError("An answer gives a resource another address than its own.")
    return Entry(resource_type, own_id, raw)


def _decoded(body: bytes) -> _Bundle:
    try:
        return msgspec.json.decode(body, type=_Bundle)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise MalformedError("The body is not an answer of an exchange.") from None
