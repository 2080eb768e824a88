"""FHIR batch and transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.access import Interaction
from corridor.domain.change import Change
from corridor.domain.errors import CorridorError, InvalidError
from corridor.domain.record import Record
from corridor.fhir.bundle import Reply, reply_bundle
from corridor.fhir.entry_errors import within
from corridor.fhir.outcome import outcome
from corridor.fhir.placing import Matches
from corridor.fhir.prerequisites import Wanted, prerequisites
from corridor.fhir.submission import READS, Entry, Submission, read_submission
from corridor.fhir.transaction import Action, plan
from corridor.flows.store_on_condition import Condition
from corridor.node.bundled import Bundled, deleted, looked_up, understood, written
from corridor.node.carry_out import carry_out, changes, conditions, origin_of
from corridor.node.national import National, asking, check_format, fhir_reply, read_body
from corridor.node.prefer import preferences

_MOST = 500
"""Matches that a condition of a transaction can tell apart from each other."""

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Written:
    """What a transaction did: its actions, in their order, and the version of each that wrote one."""

    actions: Sequence[Action]
    records: dict[int, Record | None]


async def transaction(request: Request, *, national: National) -> Response:
    """Carry out a batch, each entry for itself, or a transaction, all of it or nothing.

    Source: https://hl7.org/fhir/R4/http.html#transaction
    """
    check_format(request)
    this = Bundled(await asking(request, national), national, preferences(request))
    submission = read_submission(await read_body(request, national))
    if submission.kind == "transaction":
        replies = await _together(this, submission.entries)
    else:
        replies = {entry.index: await _alone(this, entry) for entry in _in_order(submission.entries)}
    return fhir_reply(reply_bundle(submission.kind, [replies[index] for index in sorted(replies)]))


# ---------------------------------------------------------------- batch


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Writes before reads, so that a batch shows what it did."""
    return sorted(entries, key=lambda entry: entry.method in READS)


async def _alone(this: Bundled, entry: Entry) -> Reply:
    at = f"Bundle.entry[{entry.index}].{'resource' if entry.raw else 'request'}"
    try:
        if entry.error:
            raise entry.error
        if entry.method in READS:
            return await looked_up(this, entry)
        done = await carry_out(this.who, entry, this.national, bundled=True)
    except CorridorError as error:
        status, body = outcome(error if error is entry.error else within(error, at))
        return Reply(str(status), outcome=body)
    return deleted(this, done.record) if entry.method == "DELETE" else written(this, done.record)


# ---------------------------------------------------------------- transaction


async def _together(this: Bundled, entries: Sequence[Entry]) -> dict[int, Reply]:
    """All or nothing: what is only looked up is looked up first, so that its refusal stops the writes too."""
    reads = [entry for entry in entries if entry.method in READS]
    _check_asked(this, reads)
    replies = {entry.index: await _named(this, entry) for entry in _before(reads, _told(entries))}
    if len(reads) == len(entries):
        return replies
    done = await _write(this, Submission("transaction", tuple(entries)))
    for action in done.actions:
        if action.method not in READS:
            record = done.records.get(action.index, action.record if action.exists else None)
            replies[action.index] = deleted(this, record) if action.method == "DELETE" else written(this, record)
    names = {(action.resource_type, action.id) for action in done.actions if action.writes}
    for entry in reads:
        if not entry.id or (entry.resource_type, entry.id) in names:
            replies[entry.index] = await _alone(this, entry)
    return replies


def _told(entries: Iterable[Entry]) -> dict[Name, bool]:
    """What the entries name and write, and whether it is there afterwards."""
    return {
        (entry.resource_type, entry.id): entry.method != "DELETE"
        for entry in entries
        if entry.id and entry.method not in READS
    }


def _before(reads: Iterable[Entry], told: dict[Name, bool]) -> list[Entry]:
    """Everything but the reads of what the transaction itself writes."""
    first = []
    for entry in reads:
        there = told.get((entry.resource_type, entry.id))
        if there is False and not entry.history:
            raise InvalidError("A transaction does not read what it deletes.", (f"Bundle.entry[{entry.index}]",))
        if there is None or entry.version:
            first.append(entry)
    return first


def _check_asked(this: Bundled, reads: Iterable[Entry]) -> None:
    """Let pass reads that are asked rightly: those of what the transaction writes itself come too late to stop it."""
    for entry in reads:
        try:
            understood(this, entry)
        except CorridorError as error:
            raise within(error, f"Bundle.entry[{entry.index}].request") from None


async def _named(this: Bundled, entry: Entry) -> Reply:
    try:
        return await looked_up(this, entry)
    except CorridorError as error:
        raise within(error, f"Bundle.entry[{entry.index}].request") from None


async def _write(this: Bundled, submission: Submission) -> _Written:
    """Plan and write; where something is to be looked up first, inside the unit that writes."""
    national, origin = this.national, origin_of(this.national)
    wanted = prerequisites(submission.entries)
    planned: list[Action] = []

    def settle(found: Sequence[Matches]) -> Sequence[Change]:
        names = {each.asked: matches for each, matches in zip(wanted, found, strict=True)}
        planned.extend(plan(submission, origin, found=names))
        return changes(planned)

    if wanted:
        looked = [*_looked(this, submission, wanted)]
        records = await national.store_on_condition(this.who, looked, settle, interaction=Interaction.TRANSACTION)
    else:
        records = await national.store_records(this.who, settle(()), interaction=Interaction.TRANSACTION)
    indexes = [action.index for action in planned if action.writes]
    return _Written(planned, dict(zip(indexes, records, strict=True)))


def _looked(this: Bundled, submission: Submission, wanted: Iterable[Wanted]) -> Iterable[Condition]:
    """Each condition; of what a transaction deletes itself, as much is found as two more."""
    most = min(2 + sum(entry.method == "DELETE" for entry in submission.entries), _MOST)
    for each in wanted:
        try:
            yield from conditions([each], this.national, needs=Interaction.TRANSACTION, most=most)
        except CorridorError as error:
            raise within(error, f"Bundle.entry[{each.index}].request") from None
