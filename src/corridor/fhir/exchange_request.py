"""What one country asks of another: Parameters for a history or a withdrawal, and the tokens of a later search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
import orjson
from msgspec import Meta, Raw

from corridor.domain.errors import InvalidError, MalformedError, UnsupportedError
from corridor.domain.history import Entry
from corridor.domain.purpose import SYSTEM
from corridor.fhir.bundle import instant

REQUEST_BYTES_MAX = 128 * 1024

_Word = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,128}$")]


@dataclass(frozen=True, slots=True)
class HistoryAsk:
    """The body of a request; how it is traced stands in its headers.

    Attributes:
        purpose: code as it is claimed, whether or not the federation permits it.
        statement: FHIR JSON of the signed consent or withdrawal, byte for byte.
        until: instant after which nobody waits.
        presence: `card`, `code` or `attested`: how it was shown that the person is there; or `none`.
    """

    handle: str
    purpose: str
    statement: bytes
    clinician: str
    until: datetime
    presence: str = "none"


class _Part(msgspec.Struct, forbid_unknown_fields=True, rename="camel", tag_field="name"):
    """One parameter; its name says which."""


class _Coding(msgspec.Struct, forbid_unknown_fields=True):
    system: Literal["http://terminology.hl7.org/CodeSystem/v3-ActReason"]
    code: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,64}$")]


class _Handle(_Part, tag="handle"):
    value_string: _Word


class _Purpose(_Part, tag="purpose"):
    value_coding: _Coding


class _Clinician(_Part, tag="clinician"):
    value_string: _Word


class _Deadline(_Part, tag="deadline"):
    value_instant: Annotated[datetime, Meta(tz=True)]


class _Presence(_Part, tag="presence"):
    value_code: Literal["card", "code", "attested", "none"]


class _Statement(_Part, tag="statement"):
    resource: Raw


class _Parameters(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    resource_type: Literal["Parameters"]
    parameter: tuple[_Handle, _Purpose, _Clinician, _Deadline, _Presence, _Statement]


def render_ask(ask: HistoryAsk) -> bytes:
    """The Parameters of a request for a history or of a withdrawal."""
    parts = [
        {"name": "handle", "valueString": ask.handle},
        {"name": "purpose", "valueCoding": {"system": SYSTEM, "code": str(ask.purpose)}},
        {"name": "clinician", "valueString": ask.clinician},
        {"name": "deadline", "valueInstant": instant(ask.until)},
        {"name": "presence", "valueCode": ask.presence},
        {"name": "statement", "resource": orjson.Fragment(ask.statement)},
    ]
    return orjson.dumps({"resourceType": "Parameters", "parameter": parts})


def read_ask(body: bytes) -> HistoryAsk:
    """The request that a body makes.

    Raises:
        MalformedError: anything but the six parts, each in its own form and in the order that `render_ask` gives.
    """
    try:
        read = msgspec.json.decode(body, type=_Parameters)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise MalformedError("The body is not what an exchange reads.") from None
    handle, why, clinician, deadline, presence, statement = read.parameter
    return HistoryAsk(
        handle=handle.value_string,
        purpose=why.value_coding.code,
        statement=bytes(statement.resource),
        clinician=clinician.value_string,
        until=deadline.value_instant.astimezone(UTC),
        presence=presence.value_code,
    )


@dataclass(frozen=True, slots=True)
class ResourceAsk:
    """A search inside a lease: the pseudonymous patient, and (element, `system|code`, …) that must all be there."""

    patient: str
    tokens: tuple[tuple[str, str], ...]


_ELEMENTS = {"code": ("code", "medicationCodeableConcept", "vaccineCode"), "category": ("category",)}
_PATIENT = re.compile(r"(?:Patient/)?([0-9a-f]{32})")


def read_search(parameters: Iterable[tuple[str, str]], *, resource_type: str) -> ResourceAsk:
    """The search that decoded query parameters make: the patient once, `code` and `category` as often as wanted.

    A Patient is searched by `_id`, everything else by `patient`.

    Raises:
        UnsupportedError: another parameter.
        InvalidError: no patient, or more than one, or one that is no pseudonym.
    """
    given, whose = list(parameters), "_id" if resource_type == "Patient" else "patient"
    patients = [value for name, value in given if name == whose]
    found = _PATIENT.fullmatch(patients[0]) if len(patients) == 1 else None
    if found is None:
        raise InvalidError("A search of the exchange names one patient, by its pseudonym.")
    tokens = tuple((name, value) for name, value in given if name != whose)
    if any(name not in _ELEMENTS for name, _ in tokens):
        raise UnsupportedError("The exchange searches by patient, code and category.")
    return ResourceAsk(found[1], tokens)


def select(entries: Iterable[Entry], tokens: Sequence[tuple[str, str]]) -> tuple[Entry, ...]:
    """Entries that have every token wanted; alternatives within one are joined by commas.

    Source: https://hl7.org/fhir/R4/search.html#token
    """
    if not tokens:
        return tuple(entries)
    return tuple(entry for entry in entries if _has_all(orjson.loads(entry.body), tokens))


def _has_all(resource: dict[str, Any], tokens: Sequence[tuple[str, str]]) -> bool:
    return all(
        any(_is(coding, wanted) for wanted in value.split(",") for coding in _codings(resource, name))
        for name, value in tokens
    )


def _codings(resource: dict[str, Any], parameter: str) -> list[dict[str, str]]:
    concepts = [concept for element in _ELEMENTS[parameter] for concept in _many(resource.get(element))]
    return [coding for concept in concepts for coding in concept.get("coding", ())]


def _many(value: Any) -> list[dict[str, Any]]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _is(coding: dict[str, str], wanted: str) -> bool:
    system, bar, code = wanted.rpartition("|")
    return (not bar or coding.get("system", "") == system) and (not code or coding.get("code") == code)
