"""Brings files into a node's database, chunk by chunk, through the same acts as a request over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corridor.apps.import_report import Report
from corridor.apps.import_sources import Piece, Source, faults_of
from corridor.apps.node_acts import wire_acts
from corridor.apps.node_rooms import NodeRooms
from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import ForbiddenError, LoginError
from corridor.domain.trace import new_trace
from corridor.flows.import_records import ImportDesk, import_records
from corridor.flows.sign_in import sign_in
from corridor.storage.node.standing import SqlStanding

CHUNK = 250
"""Pieces that share a commit."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, and where to; a dry run has nobody and writes nothing."""

    asking: Asking
    desk: ImportDesk


async def open_importer(rooms: NodeRooms, account: str, password: str, *, files: Sequence[str]) -> Importer:
    """Somebody who may import, with that on record.

    Raises:
        LoginError: no such account or another password; on record.
        ThrottledError: too many wrong passwords in this hour.
        ForbiddenError: the role may not import; on record.
    """
    acts, sessions = wire_acts(rooms), rooms.storage.sessions
    token = await sign_in(account, password, desk=acts.sign_in)
    principal = await sessions.who(token, at=rooms.clock.now())
    await sessions.close(token)
    if principal is None:
        raise LoginError("The sign-in has ended.")
    asking = Asking(principal, "", new_trace())
    try:
        check_access(principal, Interaction.IMPORT, "Patient")
    except ForbiddenError:
        await rooms.storage.audit.append(_fact(asking, files, rooms, refused=True))
        raise
    await rooms.storage.audit.append(_fact(asking, files, rooms, refused=False))
    return Importer(asking, ImportDesk(acts.national.store_records, SqlStanding(rooms.storage.database)))


async def bring_in(
    source: Source, report: Report, *, importer: Importer | None, advance: Callable[[int], None]
) -> None:
    """Every piece of a source from where the report says, each chunk durable before the next.

    Args:
        source: the file.
        report: where refusals and progress are kept.
        importer: None for a dry run.
        advance: is told how many pieces are done.

    Raises:
        UnavailableError: the database or the disk does not answer.
        InvalidError: the file is none of its format.
    """
    done = report.state.done.get(str(source.path), 0)
    advance(done)
    for chunk in _chunks(source.pieces(done)):
        await _take(source, chunk, report, importer=importer)
        done += len(chunk)
        report.settle(source.path, done)
        advance(len(chunk))
    report.settle(source.path, done)


def _chunks(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    while chunk := [*islice(pieces, CHUNK)]:
        yield chunk


async def _take(source: Source, chunk: list[Piece], report: Report, *, importer: Importer | None) -> None:
    faults = {piece.number: piece.faults for piece in chunk if piece.faults}
    drafts = [(piece.number, each) for piece in chunk for each in piece.drafts]
    if importer is None:
        report.state.written += len(drafts)
    elif drafts:
        imported = await import_records(importer.asking, [each for _, each in drafts], desk=importer.desk)
        report.state.written += imported.written
        report.state.unchanged += imported.unchanged
        for place, error in imported.refused:
            faults.setdefault(drafts[place][0], []).extend(faults_of(error))
    for number in sorted(faults):
        report.reject(source.path, number, faults[number])


def _fact(asking: Asking, files: Sequence[str], rooms: NodeRooms, *, refused: bool) -> AuditFact:
    return AuditFact(
        kind=AuditKind.IMPORT,
        outcome=AuditOutcome.FAILURE if refused else AuditOutcome.SUCCESS,
        at=rooms.clock.now(),
        trace=asking.trace,
        request_id="",
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        query="corridor import " + " ".join(files),
        reason="forbidden" if refused else "",
    )
