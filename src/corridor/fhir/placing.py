"""Where each entry of a Bundle is written: the ids of its resources, once all conditions have been looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from corridor.domain.errors import CorridorError, InvalidError, NotFoundError, PreconditionError
from corridor.domain.record import Record
from corridor.fhir.parse import parse
from corridor.fhir.prerequisites import Asked, condition
from corridor.fhir.submission import READS, Entry

Matches = Sequence[Record]
Found = Mapping[Asked, Matches]

_LOCAL_FORM = re.compile(r"https?://.*/([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class Placed(msgspec.Struct, frozen=True):
    """An entry with the id that its resource has or will have.

    Attributes:
        id: empty for a search, and for a delete that finds nothing.
        creates: the resource must not be there yet.
        record: the one resource that the entry's condition found, or None.
        error: why the entry cannot be carried out, or None.
    """

    entry: Entry
    id: str
    creates: bool = False
    record: Record | None = None
    error: CorridorError | None = None


def place(entry: Entry, found: Found, new_id: Callable[[], str]) -> Placed:
    """Where one entry is written; what stands against it is kept as its error.

    Source: https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1
    """
    if entry.error or entry.method in READS:
        return Placed(entry, entry.id, error=entry.error)
    try:
        asked = condition(entry)
        if asked is None:
            return Placed(entry, entry.id or new_id(), creates=entry.method == "POST")
        return _PLACING[entry.method](entry, _only(found.get(asked, ())), new_id)
    except CorridorError as error:
        return Placed(entry, entry.id or "unknown", error=error)


def _only(matches: Matches) -> Record | None:
    if len(matches) > 1:
        raise PreconditionError("The condition finds more than one resource.")
    return matches[0] if matches else None


def _create(entry: Entry, record: Record | None, new_id: Callable[[], str]) -> Placed:
    return Placed(entry, record.id if record else new_id(), creates=record is None, record=record)


def _update(entry: Entry, record: Record | None, new_id: Callable[[], str]) -> Placed:
    """Without a match the resource is made, under the id in the body where there is one."""
    own = parse(entry.raw).get("id")
    named = own if isinstance(own, str) and _ID.fullmatch(own) else ""
    if record is None:
        return Placed(entry, named or new_id(), creates=True)
    if named not in {"", record.id}:
        raise InvalidError("The id in the body is not the id of what the condition finds.")
    return Placed(entry, record.id, record=record)


def _delete(entry: Entry, record: Record | None, _new_id: Callable[[], str]) -> Placed:
    return Placed(entry, record.id if record else "", record=record)


def _patch(entry: Entry, record: Record | None, _new_id: Callable[[], str]) -> Placed:
    if record is None:
        raise NotFoundError("There is no such resource.")
    return Placed(entry, record.id, record=record)


_PLACING: Mapping[str, Callable[[Entry, Record | None, Callable[[], str]], Placed]] = {
    "POST": _create,
    "PUT": _update,
    "DELETE": _delete,
    "PATCH": _patch,
}


def without(found: Found, gone: Collection[tuple[str, str]]) -> dict[Asked, Matches]:
    """The matches that are still there when the deletes of a transaction have been carried out."""
    return {
        asked: [each for each in matches if (each.resource_type, each.id) not in gone]
        for asked, matches in found.items()
    }


def targets(placed: Iterable[Placed]) -> dict[bytes, bytes]:
    """`Type/id` by the link that stands for it: the fullUrl, and its last two steps where it is an address."""
    named = {}
    for each in placed:
        if each.entry.raw and each.entry.full_url:
            target = f"{each.entry.resource_type}/{each.id}".encode()
            named[each.entry.full_url.encode()] = target
            relative = _LOCAL_FORM.fullmatch(each.entry.full_url)
            if relative and relative[1].encode() != target:  # a create, or a write on a condition
                named[relative[1].encode()] = target
    return named


def made(placed: Iterable[Placed]) -> dict[Asked, str]:
    """`Type/id` of what a transaction makes, by the condition under which it makes it.

    Raises:
        InvalidError: two entries write under one condition.
    """
    written: dict[Asked, str] = {}
    seen: set[Asked] = set()
    for each in placed:
        asked = condition(each.entry)
        if asked is None:
            continue
        if asked in seen:
            raise InvalidError("Two entries are written under one condition.", ("Bundle.entry.request",))
        seen.add(asked)
        if each.creates:
            written[asked] = f"{each.entry.resource_type}/{each.id}"
    return written


def check_distinct(placed: Iterable[Placed]) -> None:
    """Let pass a transaction that writes each resource once.

    Raises:
        InvalidError: two entries write the same resource.
    """
    seen: set[tuple[str, str]] = set()
    for each in placed:
        name = each.entry.resource_type, each.id
        if each.entry.method in READS or not each.id or each.error or _finds_only(each):
            continue
        if name in seen:
            at = f"Bundle.entry[{each.entry.index}].request"
            raise InvalidError("A transaction writes the same resource twice.", (at,))
        seen.add(name)


def _finds_only(placed: Placed) -> bool:
    """A conditional create that found its resource writes nothing."""
    return placed.entry.method == "POST" and placed.record is not None
