"""Consents from a file: a Consent, a list, one a line, or a Bundle; one that cannot be read denies everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from corridor.domain.consent import Consent
from corridor.domain.errors import CorridorError, InvalidError, MalformedError
from corridor.fhir.consent import read, read_or_deny
from corridor.fhir.parse import parse

MAX_BYTES = 64 * 1024 * 1024
"""More is not read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one of the consents counts as a denial of everything.

    Attributes:
        id: its own, or its place in the file from 1 where it has none.
        expression: FHIRPath of what is wrong; empty where the whole is.
    """

    id: str
    message: str
    expression: str


@dataclass(frozen=True, slots=True)
class Written:
    """The consents of a file, readable or not, and what is wrong with those that are not."""

    consents: tuple[Consent, ...]
    faults: tuple[Fault, ...]


def read_consents(content: bytes, *, at: datetime) -> Written:
    """Every consent of one person that a file holds, in its order.

    Of a Bundle the Consents alone are read, whatever else it carries; elsewhere everything has to be one.

    Args:
        content: JSON or ndjson, in UTF-8.
        at: the instant that an unreadable one is taken to be of.

    Raises:
        MalformedError: neither JSON nor lines of JSON.
        InvalidError: JSON of another kind, or the consents of several people.
    """
    documents = _documents(content)
    if len({whose for each in documents if (whose := _whose(_object(each)))}) > 1:
        raise InvalidError("The consents are of several people: decide for each of them alone.", ("Consent.patient",))
    found = [_read(each, str(place), at) for place, each in enumerate(documents, start=1)]
    return Written(tuple(one for one, _ in found), tuple(fault for _, fault in found if fault))


def _read(raw: bytes, place: str, at: datetime) -> tuple[Consent, Fault | None]:
    name = _id(raw) or place
    try:
        return replace(read(parse(raw)), id=name), None
    except CorridorError as error:
        fault = Fault(name, error.message, error.expression[0] if error.expression else "")
        return read_or_deny(_object(raw), id=name, at=at), fault


def _id(raw: bytes) -> str:
    name = _object(raw).get("id")
    return name if isinstance(name, str) else ""


def _whose(resource: dict[str, Any]) -> str:
    """Whom a document says that it is of, in its own words; empty where it says nothing that can be compared."""
    patient = resource.get("patient")
    named = patient if isinstance(patient, dict) else {}
    identifier = named.get("identifier")
    own = identifier if isinstance(identifier, dict) else {}
    reference, value = named.get("reference"), own.get("value")
    if isinstance(reference, str):
        return reference
    return f"{own.get('system')}|{value}" if isinstance(value, str) else ""


def _object(raw: bytes) -> dict[str, Any]:
    """What can be made of bytes that may be anything."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _documents(content: bytes) -> Sequence[bytes]:
    """Each consent as bytes of its own, so that each is held to the same rules."""
    if len(content) > MAX_BYTES:
        raise InvalidError("The file of consents is larger than is read.")
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _lines(content)
    if isinstance(whole, list):
        return [orjson.dumps(each) for each in whole]
    if not isinstance(whole, dict):
        raise InvalidError("A file of consents holds a Consent, a list of them, one a line, or a Bundle.")
    if whole.get("resourceType") == "Bundle":
        return [orjson.dumps(each) for each in _bundled(whole)]
    return [content]


def _bundled(bundle: dict[str, Any]) -> Iterator[Any]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise InvalidError("The entries of a Bundle are a list.", ("Bundle.entry",))
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else entry
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if kind == "Consent" or not isinstance(kind, str):
            yield resource


def _lines(content: bytes) -> Sequence[bytes]:
    lines = [line for line in content.splitlines() if line.strip()]
    if lines and lines[0].lstrip().startswith(b"<"):
        raise MalformedError("The file of consents is XML: give it as JSON.")
    if not any(_object(line) for line in lines):
        raise MalformedError("The file of consents is neither JSON nor lines of JSON.")
    return lines
