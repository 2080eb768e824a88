"""The resources of a Bundle of any kind, each under an id of its own and with its links pointing at the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from corridor.domain.errors import CorridorError, InvalidError, MalformedError, UnprocessableError, UnsupportedError
from corridor.domain.record import Draft
from corridor.fhir.draft import draft
from corridor.fhir.parse import parse
from corridor.fhir.relink import at_home, relink
from corridor.fhir.transaction import Origin

_URN = re.compile(r"urn:uuid:([0-9a-fA-F-]{36})")
_READING = frozenset({"GET", "HEAD", "DELETE", "PATCH"})


class _Entry(msgspec.Struct, rename="camel"):
    full_url: str = ""
    resource: msgspec.Raw = msgspec.Raw(b"")
    request: dict[str, Any] = {}
    search: dict[str, Any] = {}


class _Bundle(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    entry: list[_Entry] = []


@dataclass(frozen=True, slots=True)
class Unbundled:
    """One entry, ready to be read.

    Attributes:
        number: of the entry, from 1.
        raw: bytes of the resource with its links pointing at ids, empty where it cannot be kept.
        error: why it cannot be kept, or None.
    """

    number: int
    resource_type: str = ""
    id: str = ""
    raw: bytes = b""
    error: CorridorError | None = None

    def draft(self, origin: Origin) -> Draft:
        """The draft of the resource.

        Raises:
            CorridorError: it cannot be kept.
        """
        if self.error:
            raise self.error
        kind, name = self.resource_type, self.id
        raw = at_home(self.raw, origin.base)
        return draft(raw, resource_type=kind, id=name, source=origin.source, zone=origin.zone)


def unbundle(raw: bytes) -> list[Unbundled]:
    """Every resource of a Bundle, or the one resource that is no Bundle; outcomes of a search are left out.

    Raises:
        MalformedError: not JSON in the shape of a Bundle.
        InvalidError: not a resource.
    """
    try:
        bundle = msgspec.json.decode(raw, type=_Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedError("The file is not a Bundle or a resource in JSON and UTF-8.") from None
    entries = bundle.entry if bundle.resource_type == "Bundle" else [_Entry(resource=msgspec.Raw(raw.strip()))]
    named = [_named(number, each) for number, each in enumerate(entries, 1) if each.search.get("mode") != "outcome"]
    urls = {number: entry.full_url for number, entry in enumerate(entries, 1)}
    targets = dict(_targets(named, urls))
    return [_linked(each, targets) for each in named]


def _named(number: int, entry: _Entry) -> Unbundled:
    """The entry's resource with the id that it has, or that its `fullUrl` gives it."""
    try:
        _check_request(entry)
        body = bytes(entry.resource)
        resource = parse(body)
        urn = _URN.fullmatch(entry.full_url)
        name = resource.get("id") or (urn[1].lower() if urn else "")
        if not isinstance(name, str) or not name:
            raise InvalidError("The resource has no id, and its fullUrl gives it none.", ("Bundle.entry.resource.id",))
        return Unbundled(number, resource["resourceType"], name, body)
    except CorridorError as error:
        return Unbundled(number, error=error)


def _check_request(entry: _Entry) -> None:
    if not bytes(entry.resource):
        raise UnsupportedError("The entry holds no resource: only resources are imported.")
    if str(entry.request.get("method")) in _READING:
        raise UnsupportedError("The entry does not write a resource: only resources are imported.")
    if {"ifNoneExist", "ifMatch"} & entry.request.keys() or "?" in str(entry.request.get("url", "")):
        raise UnsupportedError("The entry is conditional: an import writes under ids alone.")


def _targets(named: list[Unbundled], urls: dict[int, str]) -> Iterator[tuple[bytes, bytes]]:
    for each in named:
        if each.raw and urls[each.number]:
            yield urls[each.number].encode(), f"{each.resource_type}/{each.id}".encode()


def _linked(each: Unbundled, targets: dict[bytes, bytes]) -> Unbundled:
    if each.error:
        return each
    raw, dangling = relink(each.raw, targets)
    if dangling:
        return Unbundled(each.number, error=UnprocessableError("A reference names no entry of this Bundle."))
    return Unbundled(each.number, each.resource_type, each.id, raw)
