"""Bundles made by joining stored bytes; no resource is parsed or written again on its way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

import msgspec
import orjson

from corridor.domain.record import Record

_GIVEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""Ids as nodes give them: UUIDs of version 7 (RFC 9562)."""


class Links(msgspec.Struct, frozen=True):
    """Where this page is and where the others are.

    Attributes:
        base: address of the FHIR base without a slash at the end; entries' full addresses start with it.
        self_url: the search as it was understood.
        next_url: the next page, or empty on the last.
        first_url: the first page, or empty where it is not told.
    """

    base: str
    self_url: str
    next_url: str = ""
    first_url: str = ""


class Reply(msgspec.Struct, frozen=True):
    """The answer to one entry of a batch or transaction.

    Attributes:
        status: HTTP status as text, such as `201 Created`.
        location: version address, or empty.
        etag: `W/"1"`, or empty.
        modified_at: when that version was written, or None.
        resource: JSON bytes of the resource, or None.
        outcome: JSON bytes of an OperationOutcome, or None.
    """

    status: str
    location: str = ""
    etag: str = ""
    modified_at: datetime | None = None
    resource: bytes | None = None
    outcome: bytes | None = None


@lru_cache(maxsize=64)
def instant(at: datetime) -> str:
    """A FHIR instant in UTC with microseconds, as in `meta.lastUpdated`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def searchset(
    records: Sequence[Record],
    links: Links,
    *,
    total: int | None,
    included: Sequence[Record] = (),
    outcome: bytes | None = None,
) -> bytes:
    """A page of a search.

    Args:
        records: living matches, in order.
        links: addresses of this page.
        total: number of all matches, or None where it was not asked for.
        included: what is sent along with them.
        outcome: an OperationOutcome with warnings about the search, or None.

    Source: https://hl7.org/fhir/R4/bundle.html#searchset
    """
    entries = [*_found(records, b"match", links.base), *_found(included, b"include", links.base)]
    if outcome is not None:
        entries += [b'{"resource":', outcome, b',"search":{"mode":"outcome"}}', b","]
    members = _members("searchset", total=total, links=links)
    if not entries:
        return b"{%b}" % members
    # Whole pages are copied once: an entry is never joined by itself.
    return b"".join([b"{", members, b',"entry":[', *entries[:-1], b"]}"])


def history_bundle(records: Sequence[Record], links: Links, *, total: int | None) -> bytes:
    """Versions of resources, newest first; a deleted one has no resource.

    Source: https://hl7.org/fhir/R4/http.html#history
    """
    return _bundle("history", [_version(each, links.base) for each in records], total=total, links=links)


def reply_bundle(kind: str, replies: Iterable[Reply]) -> bytes:
    """The answers to a `batch` or `transaction`, in the order of its entries.

    Source: https://hl7.org/fhir/R4/bundle.html#transaction-response
    """
    return _bundle(f"{kind}-response", [_reply(each) for each in replies])


def collection(
    addressed: Iterable[tuple[str, bytes]], *, kind: str = "collection", at: datetime | None = None
) -> bytes:
    """Resources with their full addresses, as a `collection` or another kind of Bundle without search or requests."""
    entries = [b"{%b}" % b",".join((*_text("fullUrl", url), b'"resource":' + body)) for url, body in addressed]
    return _bundle(kind, entries, at=at)


def _found(records: Sequence[Record], mode: bytes, base: str) -> list[bytes]:
    """The pieces of the entries, each entry followed by a comma; types and ids need no escape."""
    pieces: list[bytes] = []
    head, end = '{"fullUrl":' + orjson.dumps(base).decode()[:-1], b',"search":{"mode":"%b"}}' % mode
    for each in records:
        if each.body is not None:
            start = f'{head}/{each.resource_type}/{each.id}","resource":'
            pieces += (start.encode(), each.body, end, b",")
    return pieces


def _address(record: Record, base: str) -> bytes:
    return orjson.dumps(f"{base}/{record.resource_type}/{record.id}")


def _method(record: Record) -> str:
    """What made a version: an id that nodes do not give was the caller's own, who then put the first version there."""
    if record.body is None:
        return "DELETE"
    return "POST" if record.version == 1 and _GIVEN.fullmatch(record.id) else "PUT"


def _version(record: Record, base: str) -> bytes:
    method = _method(record)
    made = record.created or record.version == 1
    status = "204" if record.body is None else "201" if made else "200"
    url = record.resource_type if method == "POST" else f"{record.resource_type}/{record.id}"
    etag = f'W/"{record.version}"'
    response = {"status": status, "etag": etag, "lastModified": instant(record.updated_at)}
    members = [b'"fullUrl":' + _address(record, base)]
    if record.body is not None:
        members.append(b'"resource":' + record.body)
    members.append(b'"request":' + orjson.dumps({"method": method, "url": url}))
    members.append(b'"response":' + orjson.dumps(response))
    return b"{%b}" % b",".join(members)


def _reply(reply: Reply) -> bytes:
    told = {
        "status": reply.status,
        "location": reply.location,
        "etag": reply.etag,
        "lastModified": instant(reply.modified_at) if reply.modified_at else "",
    }
    response = orjson.dumps({name: value for name, value in told.items() if value})
    if reply.outcome is not None:
        response = b'%b,"outcome":%b}' % (response[:-1], reply.outcome)
    if reply.resource is None:
        return b'{"response":%b}' % response
    return b'{"resource":%b,"response":%b}' % (reply.resource, response)


def _text(name: str, value: str) -> list[bytes]:
    return [b'"%b":%b' % (name.encode(), orjson.dumps(value))] if value else []


def _bundle(
    kind: str,
    entries: list[bytes],
    *,
    total: int | None = None,
    links: Links | None = None,
    at: datetime | None = None,
) -> bytes:
    members = _members(kind, total=total, links=links, at=at)
    return b'{%b,"entry":[%b]}' % (members, b",".join(entries)) if entries else b"{%b}" % members


def _members(kind: str, *, total: int | None = None, links: Links | None = None, at: datetime | None = None) -> bytes:
    """A Bundle but its entries."""
    members = [b'"resourceType":"Bundle","type":"%b"' % kind.encode()]
    if at:
        members += _text("timestamp", instant(at))
    if total is not None:
        members.append(b'"total":%d' % total)
    if links:
        pairs = (("self", links.self_url), ("first", links.first_url), ("next", links.next_url))
        listed = [{"relation": relation, "url": url} for relation, url in pairs if url]
        members.append(b'"link":' + orjson.dumps(listed))
    return b",".join(members)
