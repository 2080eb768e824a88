"""FHIR batch and transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.domain.record import Record
from corridor.fhir.bundle import Reply, reply_bundle
from corridor.fhir.outcome import outcome
from corridor.fhir.search import read_search
from corridor.fhir.submission import Entry, Submission, read_submission
from corridor.fhir.transaction import Action, Origin, plan
from corridor.flows.store_records import Change
from corridor.node.national import National, asking, check_format, fhir_reply, is_strict, location, read_body
from corridor.node.search import find_existing, page
from corridor.node.write import held_version

_WRITES = frozenset({"DELETE", "POST", "PUT"})
_REASONS = {200: "200 OK", 201: "201 Created", 204: "204 No Content"}
_ALONE = {"POST": Interaction.CREATE, "PUT": Interaction.UPDATE, "DELETE": Interaction.DELETE}
_HISTORY = re.compile(r"/_history(?:/([0-9]{1,9}))?(?:\?|$)")


@dataclass(frozen=True, slots=True)
class _Round:
    """One Bundle being carried out: for whom, where, and whether unknown search parameters are refused."""

    who: Asking
    national: National
    strict: bool


async def transaction(request: Request, *, national: National) -> Response:
    """Carry out a batch, each entry for itself, or a transaction, all of it or nothing.

    Source: https://hl7.org/fhir/R4/http.html#transaction
    """
    check_format(request)
    this = _Round(await asking(request, national), national, is_strict(request))
    submission = read_submission(await read_body(request, national))
    if not any(entry.if_none_exist for entry in submission.entries):
        return await _carry_out(this, submission, {})
    async with national.conditional:
        entries, existing = await _existing(this, submission)
        return await _carry_out(this, replace(submission, entries=entries), existing)


async def _existing(this: _Round, submission: Submission) -> tuple[tuple[Entry, ...], dict[int, str]]:
    """The entries, and what each conditional create finds; in a batch a refusal is its entry's alone."""
    found: dict[int, str] = {}
    seen: set[tuple[str, str]] = set()
    entries = []
    for entry in submission.entries:
        asked = (entry.resource_type, entry.if_none_exist)
        try:
            if entry.if_none_exist and not entry.error:
                _check_once(asked, seen)
                record = await find_existing(this.who, asked, this.national)
                found |= {entry.index: record.id} if record else {}
        except CorridorError as error:
            if submission.kind == "transaction":
                raise
            entries.append(replace(entry, error=error))
        else:
            entries.append(entry)
    return tuple(entries), found


def _check_once(asked: tuple[str, str], seen: set[tuple[str, str]]) -> None:
    if asked in seen:
        raise InvalidError("Two entries are created under one condition.", ("Bundle.entry.request.ifNoneExist",))
    seen.add(asked)


async def _carry_out(this: _Round, submission: Submission, existing: dict[int, str]) -> Response:
    actions = plan(submission, Origin(this.national.source, this.national.zone), existing=existing)
    if submission.kind == "transaction":
        replies = await _together(this, actions)
    else:
        replies = {action.index: await _alone(this, action) for action in actions}
    return fhir_reply(reply_bundle(submission.kind, [replies[index] for index in sorted(replies)]))


async def _together(this: _Round, actions: Sequence[Action]) -> dict[int, Reply]:
    """All or nothing: what is only looked up is looked up first, so that its refusal stops the writes too."""
    writes = [action for action in actions if _is_write(action)]
    changes = [_change(action) for action in writes]
    written = {(change.resource_type, change.id): change.draft is not None for change in changes}
    lookups = [action for action in actions if not _is_write(action)]
    replies = {each.index: await _looked_up(this, each) for each in _before(lookups, written)}
    if changes:
        records = await this.national.store_records(this.who, changes, interaction=Interaction.TRANSACTION)
        for action, record in zip(writes, records, strict=True):
            replies[action.index] = _written(record, this.national)
        for each in lookups:
            if not each.id or (each.resource_type, each.id) in written:
                replies[each.index] = await _alone(this, each)
    return replies


def _before(lookups: Iterable[Action], written: dict[tuple[str, str], bool]) -> list[Action]:
    """Everything but the reads of what the transaction itself writes."""
    for action in lookups:
        if written.get((action.resource_type, action.id)) is False:
            raise InvalidError("A transaction does not read what it deletes.", (f"Bundle.entry[{action.index}]",))
    return [action for action in lookups if (action.resource_type, action.id) not in written]


async def _alone(this: _Round, action: Action) -> Reply:
    try:
        if action.error:
            raise action.error
        if not _is_write(action):
            return await _looked_up(this, action)
        (record,) = await this.national.store_records(this.who, [_change(action)], interaction=_ALONE[action.method])
    except CorridorError as error:
        status, body = outcome(error)
        return Reply(str(status), outcome=body)
    return _written(record, this.national)


def _is_write(action: Action) -> bool:
    return action.method in _WRITES and not action.exists


def _change(action: Action) -> Change:
    return Change(
        action.resource_type,
        action.id,
        action.draft,
        if_version=held_version(action.if_match),
        create=action.method == "POST",
    )


def _written(record: Record | None, national: National) -> Reply:
    if record is None or record.body is None:
        return Reply(_REASONS[204])
    status = _REASONS[201 if record.version == 1 else 200]
    return Reply(status, location(record, national), f'W/"{record.version}"', record.updated_at)


async def _looked_up(this: _Round, action: Action) -> Reply:
    """A read or a search inside a Bundle, or a conditional create that found its resource."""
    if action.id:
        record = await this.national.read_record(this.who, (action.resource_type, action.id, _version(action)))
        body = None if action.exists or action.method == "HEAD" else record.body
        where = location(record, this.national)
        return Reply(_REASONS[200], where, f'W/"{record.version}"', record.updated_at, body)
    pairs = parse_qsl(action.url.partition("?")[2], keep_blank_values=True)
    wanted = read_search(action.resource_type, pairs, strict=this.strict, zone=this.national.zone)
    return Reply(_REASONS[200], resource=await page(this.who, wanted, this.national))


def _version(action: Action) -> int | None:
    """The version that an address names; None for the current one."""
    found = _HISTORY.search(action.url)
    if found and not found[1]:
        raise UnsupportedError("The history of a resource is not listed here; versions are read one by one.")
    return int(found[1]) if found else None
