"""Bytes from a client to a draft that can be stored: validated, with its facts and with what may cross a border."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, TypeVar

import msgspec
import orjson

from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.domain.record import Draft
from corridor.fhir.consent import read as read_consent
from corridor.fhir.cross_reference import survivor
from corridor.fhir.facts import Findings, find_facts
from corridor.fhir.parse import parse_written
from corridor.fhir.profile_checks import check_claims
from corridor.fhir.projection import project, project_bytes
from corridor.fhir.schema import HELD
from corridor.fhir.subscription import read_subscription
from corridor.fhir.validate import validate

Resource = dict[str, Any]

WRITABLE = frozenset(HELD) - {"AuditEvent"}
"""Types that clients may write; the node alone writes its audit."""

_OTHER_SCOPES = frozenset({"adr", "research", "treatment"})
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_OPENING = ("resourceType", "id", "meta")
_ID = rb"[A-Za-z0-9\-.]{1,64}"
_LOCAL = re.compile(rb'"reference":"((?:%b)/%b)(?:/_history/%b)?"' % ("|".join(HELD).encode(), _ID, _ID))
_SERVER_META = frozenset({"versionId", "lastUpdated", "_versionId", "_lastUpdated"})
_TOGETHER = 64

Before = TypeVar("Before")
After = TypeVar("After")


class Incoming(msgspec.Struct, frozen=True):
    """A resource that is to be written.

    Attributes:
        raw: the body as received.
        resource_type: the type that was asked for.
        id: logical id that it gets.
        same_id: for an update: the body has to carry `id` itself.
    """

    raw: bytes
    resource_type: str
    id: str
    same_id: bool = False


class _Read(msgspec.Struct, frozen=True):
    """A valid resource on its way to its draft; of what is not plain, numbers are read again as they were written."""

    incoming: Incoming
    resource: Resource
    plain: bool
    head: bytes
    tail: bytes
    references: tuple[str, ...]
    withdrawn_at: datetime | None


def draft(raw: bytes, *, resource_type: str, id: str, source: str, zone: tzinfo = UTC, same_id: bool = False) -> Draft:
    """A draft of a resource as received; stored is `head + '"versionId":"N","lastUpdated":"…"' + tail`.

    The client's bytes are kept as they are, except `id` and the two elements of `meta` that a server writes.

    Args:
        raw: the body as received.
        resource_type: the type that was asked for.
        id: logical id that it gets.
        source: `meta.source` of what crosses a border.
        zone: read for dates that name none.
        same_id: for an update: the body has to carry `id` itself.

    Raises:
        MalformedError: not JSON, or not JSON that can be kept.
        InvalidError: not valid R4, not of this type, or with another id.
        ProfileError: it does not keep a profile of ours that it claims.
        UnsupportedError: the type is not held here.
    """
    (made,) = drafts([Incoming(raw, resource_type, id, same_id)], source=source, zone=zone)
    if isinstance(made, CorridorError):
        raise made
    return made


def drafts(incoming: Sequence[Incoming], *, source: str, zone: tzinfo = UTC) -> list[Draft | CorridorError]:
    """The draft of each resource, as `draft`, or why there is none.

    All are read, then the facts of all are found, and then all are drafted: what each of these steps works with stays
    at hand in the processor (ADR 54). Some dozens go together, so that not all of a large Bundle lies in memory taken
    apart.
    """
    made: list[Draft | CorridorError] = []
    for start in range(0, len(incoming), _TOGETHER):
        read = _each(partial(_read, zone=zone), incoming[start : start + _TOGETHER])
        found = _each(partial(_with_facts, zone=zone), read)
        made += _each(partial(_draft, source=source), found)
    return made


def _each(step: Callable[[Before], After], before: Sequence[Before | CorridorError]) -> list[After | CorridorError]:
    """What a step makes of each; whatever was refused stays so."""
    after: list[After | CorridorError] = []
    for each in before:
        try:
            after.append(each if isinstance(each, CorridorError) else step(each))
        except CorridorError as error:
            after.append(error)
    return after


def _read(incoming: Incoming, *, zone: tzinfo) -> _Read:
    raw, resource_type, name = incoming.raw, incoming.resource_type, incoming.id
    resource, written = parse_written(raw)
    _check_type(resource, resource_type)
    if not name.strip("."):
        raise InvalidError("An id is not of dots alone: no address leads there.", (f"{resource_type}.id",))
    if incoming.same_id and resource.get("id") != name:
        raise InvalidError("The id in the body is not the id in the address.", (f"{resource_type}.id",))
    validate(resource)
    check_claims(resource)
    if resource_type == "Subscription":
        read_subscription(resource, zone=zone)
    withdrawn_at = read_written(resource, zone=zone) if resource_type == "Consent" else None
    plain = written == raw
    head, tail = _split_plain(raw, resource, name) if plain else split(raw, name)
    return _Read(incoming, resource, plain, head, tail, _local(written), withdrawn_at)


def _with_facts(read: _Read, *, zone: tzinfo) -> tuple[_Read, Findings]:
    return read, find_facts(read.resource, zone)


def _draft(read_with_facts: tuple[_Read, Findings], *, source: str) -> Draft:
    read, found = read_with_facts
    name, resource_type = read.incoming.id, read.incoming.resource_type
    patient_id = name if resource_type == "Patient" else found.patient_id
    return Draft(
        resource_type,
        name,
        read.head,
        read.tail,
        patient_id,
        found.code,
        found.effective,
        found.facts,
        project({**read.resource, "id": name}, patient_id=patient_id, source=source)
        if read.plain  # then every number that was read is the number as it was written
        else project_bytes(b"".join((read.head, read.tail.removeprefix(b","))), patient_id=patient_id, source=source),
        read.references,
        read.withdrawn_at,
        _replaced_by(read.incoming.raw) if resource_type == "Patient" else "",
    )


def _check_type(resource: Resource, resource_type: str) -> None:
    if resource["resourceType"] != resource_type:
        raise InvalidError("The resource is of another type than the address names.", ("resourceType",))
    if resource_type not in WRITABLE:
        raise UnsupportedError("Resources of this type are not written here.", ("resourceType",))


def _replaced_by(raw: bytes) -> str:
    """The Patient of this node that the resource names as its survivor."""
    how, _, named = survivor(raw).partition("=") if b"replaced-by" in raw else ("", "", "")
    return named if how == "_id" else ""


def read_written(resource: Resource, *, zone: tzinfo = UTC) -> datetime | None:
    """When a Consent that is being written was withdrawn, or None; a privacy consent that cannot be read is refused.

    Consents to treatment or research and advance directives are kept as they are; until somebody says what they mean
    for sharing, `read_or_deny` reads them as denials.

    Raises:
        InvalidError: as `fhir.consent.read`.
    """
    return None if _is_about_something_else(resource) else read_consent(resource, zone=zone).withdrawn_at


def _is_about_something_else(resource: Resource) -> bool:
    """Whether it is a consent to treatment or research, or an advance directive, and says nothing of sharing."""
    codes = {each.get("code") for each in resource.get("scope", {}).get("coding", ())}
    return bool(codes) and codes <= _OTHER_SCOPES


def _local(written: bytes) -> tuple[str, ...]:
    """`Type/id` of every reference to a type that this node holds, each once and in order.

    Args:
        written: compact JSON; what stands as `"reference":"…"` is a member: the quotation marks of a text are escaped.
    """
    return tuple(sorted(each.decode() for each in set(_LOCAL.findall(written))))


def split(raw: bytes, id: str) -> tuple[bytes, bytes]:
    """Head and tail of a valid resource, around the elements of `meta` that the server writes."""
    members = _MEMBERS.decode(raw)
    meta = _MEMBERS.decode(members.pop("meta", b"{}"))
    head = b'{"resourceType":%b,"id":"%b","meta":{' % (bytes(members.pop("resourceType")), id.encode())
    members.pop("id", None)
    kept = [_member(name, value) for name, value in meta.items() if name not in _SERVER_META]
    rest = [_member(name, value) for name, value in members.items()]
    return head, b"".join((*kept, b"}", *rest, b"}"))


def _split_plain(raw: bytes, resource: Resource, id: str) -> tuple[bytes, bytes]:
    """As `split`, of compact JSON: where it opens as most does, nothing after the opening is looked at."""
    meta = resource.get("meta", {})
    opening = orjson.dumps({name: resource[name] for name in _OPENING if name in resource})[:-1]
    if not raw.startswith(opening) or not _SERVER_META.isdisjoint(meta):
        return split(raw, id)
    head = f'{{"resourceType":"{resource["resourceType"]}","id":"{id}","meta":{{'
    kept = b",%b" % orjson.dumps(meta)[1:-1] if meta else b""
    return head.encode(), b"%b}%b" % (kept, raw[len(opening) :])


def _member(name: str, value: msgspec.Raw) -> bytes:
    return b',"%b":%b' % (name.encode(), bytes(value))
