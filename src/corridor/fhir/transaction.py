"""A batch or transaction as the ordered writes and reads that carry it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

import msgspec
import uuid6

from corridor.domain.errors import (
    CorridorError,
    NotFoundError,
)
from corridor.domain.record import Draft, Record
from corridor.fhir.bundled_patch import bundled_patch
from corridor.fhir.draft import Incoming, drafts
from corridor.fhir.entry_errors import check_whole, within
from corridor.fhir.links import Links
from corridor.fhir.own_matches import check_alone
from corridor.fhir.patch import patched
from corridor.fhir.placing import Found, Placed, check_distinct, made, place, targets, without
from corridor.fhir.prerequisites import linked
from corridor.fhir.relink import at_home, beginnings
from corridor.fhir.submission import METHODS, READS, WITH_BODY, Entry, Submission, read_submission


class Action(msgspec.Struct, frozen=True):
    """One thing to do.

    Attributes:
        method: `DELETE`, `POST`, `PUT`, `PATCH`, `GET` or `HEAD`.
        resource_type: type of the resource or of the search.
        id: logical id; made here for a POST, empty for a search and for a delete whose condition finds nothing.
        draft: what to write, or None.
        index: position in the Bundle; answers go back in this order.
        entry: as it was asked for.
        creates: the resource must not be there yet.
        record: what the entry's condition found, or None.
        error: only in a batch: why this entry alone is refused.
    """

    method: str
    resource_type: str
    id: str
    draft: Draft | None
    index: int
    entry: Entry
    creates: bool = False
    record: Record | None = None
    error: CorridorError | None = None

    @property
    def exists(self) -> bool:
        """A conditional create that found its resource: nothing is written."""
        return self.method == "POST" and self.record is not None

    @property
    def writes(self) -> bool:
        """Whether a version is to be written."""
        return self.method not in READS and not self.exists and bool(self.id)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the resources come from: `meta.source` across borders, the zone of dates without one, a maker of ids.

    Attributes:
        base: address of the base that they are written to; references that start with it are kept as type and id.
    """

    source: str
    zone: tzinfo = UTC
    new_id: Callable[[], str] = lambda: str(uuid6.uuid7())
    base: str = ""


def read_transaction(raw: bytes, origin: Origin, *, max_bytes: int | None = None) -> tuple[str, tuple[Action, ...]]:
    """`batch` or `transaction` and its actions, where nothing is conditional or nothing was found.

    Raises:
        CorridorError: as `read_submission` and `plan`.
    """
    submission = read_submission(raw, max_bytes=max_bytes)
    return submission.kind, plan(submission, origin)


def plan(submission: Submission, origin: Origin, *, found: Found | None = None) -> tuple[Action, ...]:
    """Actions in the order in which they are carried out: deletes, creates, updates and patches, reads.

    Ids of creates are made here (UUIDv7), and the links between entries of a transaction point at them.

    Args:
        submission: the Bundle taken apart.
        origin: where it comes from.
        found: the matches of each condition and conditional reference.

    Raises:
        InvalidError: a transaction holds resources that are not valid (every problem is listed by entry), or writes
            one twice.
        PreconditionError: a condition of a transaction, or a conditional reference, finds too many or too few.
        UnprocessableError: a link names no entry of the transaction.
        UnsupportedError: a type that is not spoken here.
    """
    whole = submission.kind == "transaction"
    known = found or {}
    if whole and known:
        known = without(known, _deleted(submission, known, origin))
    placed = [place(entry, _for(entry, known, found or {}), origin.new_id) for entry in submission.entries]
    named = targets(placed) if whole else {}
    under = made(placed) if whole else {}
    links = Links(named, beginnings(named), under, known) if whole else Links(found=known)
    actions = _acts(placed, origin, links) if whole else _made(placed, origin, links)
    if whole:
        check_whole([each.error for each in actions if each.error])
        check_distinct(placed)
        check_alone(under, (each.draft for each in actions if each.draft and each.writes))
    return tuple(sorted(actions, key=lambda each: METHODS.index(each.method) if each.method in METHODS else 0))


def act(entry: Entry, origin: Origin, *, found: Found | None = None, closed: bool = False) -> Action:
    """What is done for one request that stands alone.

    Args:
        entry: the request.
        origin: where it comes from.
        found: the matches of its condition and of its conditional references.
        closed: every `urn:uuid` that it refers to has to be an entry beside it, and there is none.

    Raises:
        CorridorError: why it cannot be carried out; places are told from the resource's root.
    """
    placed = place(entry, found or {}, origin.new_id)
    if placed.error:
        raise placed.error
    links = Links(found=found or {}, closed=closed)
    if entry.method not in WITH_BODY:
        return _action(placed, None)
    (made,) = drafts([_incoming(placed, origin, links)], source=origin.source, zone=origin.zone)
    if isinstance(made, CorridorError):
        raise made
    return _action(placed, made)


def _deleted(submission: Submission, found: Found, origin: Origin) -> set[tuple[str, str]]:
    """What the deletes of a transaction take away before anything else is looked at."""
    deletes = (place(each, found, origin.new_id) for each in submission.entries if each.method == "DELETE")
    return {(each.entry.resource_type, each.id) for each in deletes}


def _for(entry: Entry, known: Found, found: Found) -> Found:
    """A delete sees what was there before the transaction, everything else what it leaves."""
    return found if entry.method == "DELETE" else known


def _acts(placed: Iterable[Placed], origin: Origin, links: Links) -> list[Action]:
    """What refers to others by a condition is made last: it may find what the rest writes."""
    waiting: list[Placed] = []
    first: list[Placed] = []
    for each in placed:
        (waiting if linked(each.entry) else first).append(each)
    actions = _made(first, origin, links)
    if waiting:
        links = replace(links, drafts=tuple(each.draft for each in actions if each.draft))
        actions += _made(waiting, origin, links)
    return sorted(actions, key=lambda each: each.index)


def _made(placed: Sequence[Placed], origin: Origin, links: Links) -> list[Action]:
    """The action of each entry, with its draft or with why there is none."""
    wanted = [_wanted(each, origin, links) for each in placed]
    incoming = [each for each in wanted if isinstance(each, Incoming)]
    made = iter(drafts(incoming, source=origin.source, zone=origin.zone))
    return [
        _action(each, next(made) if isinstance(asked, Incoming) else asked)
        for each, asked in zip(placed, wanted, strict=True)
    ]


def _wanted(placed: Placed, origin: Origin, links: Links) -> Incoming | CorridorError | None:
    """What an entry wants to be written, if anything, or why it is refused before that is read."""
    if placed.error:
        return placed.error
    if placed.entry.method not in WITH_BODY:
        return None
    try:
        return _incoming(placed, origin, links)
    except CorridorError as broken:
        return broken


def _action(placed: Placed, made: Draft | CorridorError | None) -> Action:
    """What is done for an entry; what stands against it is told from the Bundle's root."""
    return Action(
        method=placed.entry.method,
        resource_type=placed.entry.resource_type,
        id=placed.id,
        draft=None if isinstance(made, CorridorError) else made,
        index=placed.entry.index,
        entry=placed.entry,
        creates=placed.creates,
        record=placed.record,
        error=_bundled(made, placed) if isinstance(made, CorridorError) else None,
    )


def _bundled(error: CorridorError, placed: Placed) -> CorridorError:
    if error is placed.entry.error:
        return error
    return within(error, f"Bundle.entry[{placed.entry.index}].{'request' if error is placed.error else 'resource'}")


def _incoming(placed: Placed, origin: Origin, links: Links) -> Incoming:
    entry = placed.entry
    body = _patched(placed) if entry.method == "PATCH" else links.rewrite(entry)
    same_id = entry.method == "PATCH" or (entry.method == "PUT" and not entry.query)
    return Incoming(at_home(body, origin.base), entry.resource_type, placed.id, same_id)


def _patched(placed: Placed) -> bytes:
    before = placed.record.body if placed.record else None
    if before is None:
        raise NotFoundError("There is no such resource.")
    return patched(before, *bundled_patch(placed.entry.raw))
