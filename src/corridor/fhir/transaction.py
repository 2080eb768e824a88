"""A batch or transaction as the ordered writes and reads that carry it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

import uuid6

from corridor.domain.errors import CorridorError, InvalidError, Issue, UnprocessableError, UnsupportedError
from corridor.domain.record import Draft
from corridor.fhir.draft import draft
from corridor.fhir.relink import relink
from corridor.fhir.submission import METHODS, Entry, Submission, read_submission
from corridor.fhir.validate import LIMIT

_LOCAL_FORM = re.compile(r"https?://.*/([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        method: `DELETE`, `POST`, `PUT`, `GET` or `HEAD`.
        resource_type: type of the resource or of the search.
        id: logical id; made here for a POST, empty for a search.
        draft: what to write, or None.
        index: position in the Bundle; answers go back in this order.
        if_match: version tag that the caller holds, or empty.
        if_none_exist: search of a conditional create, or empty.
        url: the address as written, for reads and searches.
        exists: the conditional create has found `id`: nothing is written.
        error: only in a batch: why this entry alone is refused.
    """

    method: str
    resource_type: str
    id: str
    draft: Draft | None
    index: int
    if_match: str = ""
    if_none_exist: str = ""
    url: str = ""
    exists: bool = False
    error: CorridorError | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the resources come from: `meta.source` across borders, the zone of dates without one, a maker of ids."""

    source: str
    zone: tzinfo = UTC
    new_id: Callable[[], str] = lambda: str(uuid6.uuid7())


def read_transaction(raw: bytes, origin: Origin, *, max_bytes: int | None = None) -> tuple[str, tuple[Action, ...]]:
    """`batch` or `transaction` and its actions, where nothing is conditional or nothing was found.

    Raises:
        CorridorError: as `read_submission` and `plan`.
    """
    submission = read_submission(raw, max_bytes=max_bytes)
    return submission.kind, plan(submission, origin)


def plan(submission: Submission, origin: Origin, *, existing: Mapping[int, str] | None = None) -> tuple[Action, ...]:
    """Actions in the order in which they are carried out: deletes, creates, updates, reads.

    Ids of creates are made here (UUIDv7), and the links between entries of a transaction point at them.

    Args:
        submission: the Bundle taken apart.
        origin: where it comes from.
        existing: id of the one resource that a conditional create found, by index of its entry.

    Raises:
        InvalidError: a transaction holds resources that are not valid; every problem is listed by entry.
        UnprocessableError: a link names no entry of the transaction.
        UnsupportedError: a type or a conditional reference that is not spoken here.
    """
    placed = [_place(entry, origin, existing or {}) for entry in submission.entries]
    whole = submission.kind == "transaction"
    targets = _targets(placed) if whole else {}
    actions = [_act(each, origin, targets) for each in placed]
    if whole:
        _check_whole(actions)
    return tuple(sorted(actions, key=lambda each: METHODS.index(each.method) if each.method in METHODS else 0))


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with the id that its resource will have."""

    entry: Entry
    id: str
    exists: bool


def _place(entry: Entry, origin: Origin, existing: Mapping[int, str]) -> _Placed:
    if entry.method != "POST":
        return _Placed(entry, entry.id, exists=False)
    found = existing.get(entry.index)
    return _Placed(entry, found or origin.new_id(), exists=found is not None)


def _targets(placed: list[_Placed]) -> dict[bytes, bytes]:
    """`Type/id` by the link that stands for it: the fullUrl, and its last two steps where it is an address."""
    targets = {}
    for each in placed:
        if each.entry.raw and each.entry.full_url:
            target = f"{each.entry.resource_type}/{each.id}".encode()
            targets[each.entry.full_url.encode()] = target
            relative = _LOCAL_FORM.fullmatch(each.entry.full_url)
            if relative and each.entry.method == "POST":
                targets[relative[1].encode()] = target
    return targets


def _act(placed: _Placed, origin: Origin, targets: Mapping[bytes, bytes]) -> Action:
    entry = placed.entry
    made, error = None, entry.error
    if entry.raw and not error:
        try:
            made = _draft(placed, origin, targets)
        except CorridorError as broken:
            error = _within(broken, f"Bundle.entry[{entry.index}].resource")
    return Action(
        method=entry.method,
        resource_type=entry.resource_type,
        id=placed.id,
        draft=made,
        index=entry.index,
        if_match=entry.if_match,
        if_none_exist=entry.if_none_exist,
        url=entry.url,
        exists=placed.exists,
        error=error,
    )


def _draft(placed: _Placed, origin: Origin, targets: Mapping[bytes, bytes]) -> Draft:
    entry = placed.entry
    linked, dangling = relink(entry.raw, targets)
    made = draft(
        linked,
        resource_type=entry.resource_type,
        id=placed.id,
        source=origin.source,
        zone=origin.zone,
        same_id=entry.method == "PUT",
    )
    if dangling:
        raise UnprocessableError("A reference names no entry of this Bundle.")
    if b"?" in linked and _CONDITIONAL.search(linked):
        raise UnsupportedError("Conditional references are not resolved here.")
    return made


_CONDITIONAL = re.compile(rb'"reference"\s*:\s*"[A-Z][A-Za-z]+\?')


def _within(error: CorridorError, at: str) -> CorridorError:
    """The same error, with its places told from the Bundle's root."""
    if isinstance(error, InvalidError) and error.issues:
        issues = tuple(Issue(each.code, each.message, _under(at, each.expression)) for each in error.issues)
        return InvalidError(error.message, tuple(each.expression for each in issues), issues)
    places = tuple(_under(at, each) for each in error.expression) or (at,)
    return type(error)(error.message, places)


def _under(at: str, expression: str) -> str:
    """`Observation.status` below an entry's resource; `resourceType` stands for itself."""
    rest = expression.partition(".")[2] if expression[:1].isupper() else expression
    return f"{at}.{rest}" if rest else at


def _check_whole(actions: list[Action]) -> None:
    """One bad entry stops a transaction; invalid resources are reported together."""
    errors = [each.error for each in actions if each.error]
    if not errors:
        return
    issues = tuple(issue for error in errors for issue in _listed(error))[:LIMIT]
    if issues and all(isinstance(error, InvalidError) for error in errors):
        raise InvalidError(issues[0].message, tuple(each.expression for each in issues), issues)
    raise next((each for each in errors if not isinstance(each, InvalidError)), errors[0])


def _listed(error: CorridorError) -> Iterator[Issue]:
    if isinstance(error, InvalidError):
        yield from error.issues or (Issue("invalid", error.message, next(iter(error.expression), "")),)
