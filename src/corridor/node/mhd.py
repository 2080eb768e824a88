"""The document base of the region: a patient summary found by an identifier, and fetched by its address.

Two bases: `/mhd` wants a sign-in, a purpose and the person's consent; the regional gateway wants nothing, is off unless
the operator turns it on, and finds nobody: whoever broadcasts identifiers learns nothing from it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.consent import Permit
from corridor.domain.errors import ForbiddenError, InvalidError, NotFoundError, UnsupportedError
from corridor.domain.purpose import Purpose, purpose
from corridor.domain.record import Record
from corridor.fhir.health_link import document_reference
from corridor.fhir.lac_summary import BUNDLE, lac_summary
from corridor.fhir.search import read_search
from corridor.fhir.summary_words import LANGUAGES
from corridor.node.asked import for_log
from corridor.node.floor import arrival, wait_for_floor
from corridor.node.national import National, asking, check_format, fhir_reply, read_limited
from corridor.node.read import is_id
from corridor.node.reading import language

PURPOSE = "x-purpose-of-use"
_FORM_BYTES = 16 * 1024
_KNOWN = frozenset({"patient.identifier", "patient", "status", "type", "format", "category", "_format", "_count"})
_SUMMARY = "60591-5"
_MOST_MATCHES = 5
_DOTTED = re.compile(r"^urn[:.]oid[:.]")
_PREFIX = re.compile(r"^[A-Z]{2}/")
FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class DocumentDoors:
    """What the doors need.

    Attributes:
        base_url: of the base, without a slash at the end.
        permit_summary: whether a person's summary may be had; `share_summary`: what it is made of.
        empty_milliseconds: what has nothing to give leaves at multiples of this after the question came.
        summary: makes the document of records in a language.
    """

    base_url: str
    empty_milliseconds: int
    permit_summary: Callable[[Asking, str, Purpose | None], Awaitable[Permit | None]]
    share_summary: Callable[[Asking, str, Purpose | None], Awaitable[tuple[Record, ...]]]
    summary: Callable[[tuple[Record, ...], str], bytes]
    now: Callable[[], datetime]


async def find(request: Request, *, national: National, base: DocumentDoors) -> Response:
    """The current summaries of a patient who is named by an identifier: one, or none.

    Unknown, not agreed to and denied are one answer after the same time.

    Source: IHE MHD ITI-67.
    """
    arrived = arrival()
    check_format(request)
    who, pairs = await asking(request, national), await _pairs(request)
    given, why = _given(pairs), _purpose(request)
    ids = await _ids(who, given, national) if _wanted(given) else []
    shared = [each for each in ids if await base.permit_summary(who, each, why)]
    if not ids:
        await base.permit_summary(who, "-", why)
    if not shared:
        await wait_for_floor(arrived, base.empty_milliseconds)
    return fhir_reply(_searchset([_entry(each, request, base) for each in shared], base, pairs))


async def fetch(request: Request, *, national: National, base: DocumentDoors) -> Response:
    """A summary, made now, as the document Bundle itself; with `profile` in the dress of LACPASS.

    Source: IHE MHD ITI-68.
    """
    check_format(request)
    who, why = await asking(request, national), _purpose(request)
    patient_id = request.path_params["id"].removeprefix("ips-")
    if not is_id(patient_id):
        raise NotFoundError("There is nothing at this address.")
    records = await base.share_summary(who, patient_id, why)
    document = base.summary(records, _language(request))
    if request.query_params.get("profile") == BUNDLE:
        document = lac_summary(document, national.home)
    return fhir_reply(document)


async def nobody(request: Request) -> Response:
    """The regional gateway's one answer to every broadcast.

    Source: INTEROP section 1.3 of the project's reading; ADR 8.
    """
    check_format(request)
    return fhir_reply(_NOBODY)


_NOBODY = orjson.dumps({"resourceType": "Bundle", "type": "searchset", "total": 0})


async def _pairs(request: Request) -> list[tuple[str, str]]:
    raw: bytes = request.scope["query_string"]
    if request.method == "POST":
        raw += b"&" + await read_limited(request, _FORM_BYTES)
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise InvalidError("The search cannot be read.") from None


def _given(pairs: list[tuple[str, str]]) -> dict[str, str]:
    unknown = [name for name, _ in pairs if name not in _KNOWN]
    if unknown:
        raise UnsupportedError("This base finds patient summaries by the patient's identifier.", (unknown[0],))
    given = dict(pairs)
    if len(given) != len(pairs) or "status" not in given or len(given.keys() & {"patient.identifier", "patient"}) != 1:
        raise InvalidError("Name the patient by one identifier, and the status.", ("patient.identifier",))
    return given


def _wanted(given: dict[str, str]) -> bool:
    """Whether a current summary is among what is sought."""
    current = "current" in given["status"].split(",")
    return current and _SUMMARY in given.get("type", _SUMMARY)


async def _ids(who: Asking, given: dict[str, str], national: National) -> list[str]:
    if "patient" in given:
        return [given["patient"].removeprefix("Patient/")]
    pairs = [("identifier", _spellings(given["patient.identifier"])), ("_count", str(_MOST_MATCHES))]
    wanted = read_search("Patient", pairs, strict=True)
    page = await national.search_records(who, wanted.query, asked=for_log(wanted.understood, national.hide))
    return [each.id for each in page.records] if len(page.records) == 1 else []


def _spellings(identifier: str) -> str:
    """The identifier as it came, and as the register keeps it where the region writes it otherwise.

    Source: INTEROP section 1.2 of the project's reading: `urn:oid.` for `urn:oid:`, the country before the number.
    """
    system, bar, value = identifier.rpartition("|")
    usual = f"{_DOTTED.sub('urn:oid:', system)}{bar}{_PREFIX.sub('', value)}"
    return identifier if usual == identifier else f"{identifier},{usual}"


def _purpose(request: Request) -> Purpose | None:
    try:
        return purpose(request.headers.get(PURPOSE, "").rpartition("|")[2])
    except ForbiddenError:
        return None


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in LANGUAGES else language(request)


def _entry(patient_id: str, request: Request, base: DocumentDoors) -> dict[str, Any]:
    id = f"ips-{patient_id}"  # noqa: A001  # FHIR's own word
    spoken = language(request)
    attachment = {"contentType": FHIR_JSON, "language": spoken, "url": f"{base.base_url}/Bundle/{id}?lang={spoken}"}
    about = {"reference": f"{base.base_url.rpartition('/')[0]}/fhir/Patient/{patient_id}"}
    resource = document_reference(id, about, at=base.now(), attachment=attachment)
    return {
        "fullUrl": f"{base.base_url}/DocumentReference/{id}",
        "resource": resource,
        "search": {"mode": "match"},
    }


def _searchset(entries: list[dict[str, Any]], base: DocumentDoors, pairs: list[tuple[str, str]]) -> bytes:
    url = f"{base.base_url}/DocumentReference?{urlencode(pairs)}"
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    bundle["link"] = [{"relation": "self", "url": url}]
    return orjson.dumps(bundle | ({"entry": entries} if entries else {}))
