"""The hub hears from a country how its exchanges ended, and checks that its log only grew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.proof import verify_consistency
from corridor.domain.audit.tree import EMPTY_ROOT
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure, LogState
from corridor.domain.errors import ConflictError, InvalidError, SignatureError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.disclosures import Disclosures, LogProof

OpenCheckpoint = Callable[[Country, str], Checkpoint]
"""What a country's log signed; raises SignatureError where it did not."""


@dataclass(frozen=True, slots=True)
class ReportsDesk:
    """What receiving reports needs."""

    disclosures: Disclosures
    directory: Directory
    clock: Clock
    open_checkpoint: OpenCheckpoint


async def receive_report(reporter: Country, lines: Sequence[Disclosure], *, state: LogState, desk: ReportsDesk) -> None:
    """Keep each line once and the state of the log; a log that was caught once stays marked for ever.

    Args:
        reporter: who signed the report.
        lines: how exchanges ended.
        state: of the reporter's log.
        desk: the ports.

    Raises:
        InvalidError: a line is not the reporter's to tell.
        ConflictError: the proof starts from another size than was last seen here: ask for it and try again.

    Source: RFC 6962 section 2.1.2; C2SP tlog-checkpoint.
    """
    members = {*desk.directory.federation().ever}  # of who left, the last exchanges are told too
    for line in lines:
        _check_line(line, reporter, members)
    known = await desk.disclosures.proof(reporter)
    before = known or _unknown(reporter, desk)
    if state.since != before.size or not await desk.disclosures.keep_proof(_judged(before, state, desk), state.since):
        raise ConflictError("The proof starts from another size than was last seen.")
    await desk.disclosures.add(lines)


_AT_HOME = frozenset({Decision.FORBIDDEN, Decision.PAUSED})
"""What happens at one node alone."""


def _check_line(line: Disclosure, reporter: Country, members: set[Country]) -> None:
    route = {line.asker, line.holder}
    ends = 1 if line.decision in _AT_HOME and line.asker == line.holder else 2
    theirs = line.reporter == reporter and reporter in route and len(route) == ends and route <= members
    whole_hour = line.hour == line.hour.replace(minute=0, second=0, microsecond=0)
    if not theirs or not whole_hour:
        raise InvalidError("A line of the report is not this country's to tell.")


def _unknown(reporter: Country, desk: ReportsDesk) -> LogProof:
    return LogProof(reporter, 0, whole=True, seen_at=desk.clock.now(), note="")


def _judged(before: LogProof, state: LogState, desk: ReportsDesk) -> LogProof:
    now = desk.clock.now()
    if not _grew(before, state, desk.open_checkpoint):
        return replace(before, whole=False, seen_at=now)
    return replace(before, size=state.size, note=state.note, seen_at=now)


def _grew(before: LogProof, state: LogState, open_checkpoint: OpenCheckpoint) -> bool:
    try:
        new = open_checkpoint(before.country, state.note)
        old_root = open_checkpoint(before.country, before.note).root if before.note else EMPTY_ROOT
    except SignatureError:
        return False
    sizes = (before.size, new.size)
    return new.size == state.size and verify_consistency(sizes, (old_root, new.root), proof=state.proof)
