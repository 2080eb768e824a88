"""Appending to the node's log outside a unit, many facts in one commit, and telling how far it has grown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.proof import consistency_proof, needed
from corridor.domain.disclosure import LogState
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.storage.node.log import NodeLog
from corridor.storage.node.tables import log_checkpoint, log_entry, log_node

BATCH = 512
"""Facts in one commit at most."""

PATIENCE = 3
"""Turns of the event loop that bring no further fact before a commit begins: it costs what eight facts do."""

Waiting = tuple[AuditFact, asyncio.Future[None]]


class SqlAudit:
    """Port `Audit` on SQLite and PostgreSQL."""

    def __init__(self, log: NodeLog) -> None:
        self._log = log
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, fact: AuditFact) -> None:
        """See the port."""
        self._log.database.check_not_writing()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((fact, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await done

    async def state(self, since: int) -> LogState:
        """See the port.

        Raises:
            InvalidError: the log was never of that size.
            UnavailableError: the log cannot be read, or nothing was written to it yet.
        """
        async with self._log.database.read() as connection:
            return await _state(connection, since)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                await self._write_batch()
        finally:
            self._writing = None

    async def _gather(self) -> None:
        """Let everything that is ready go on, as long as that brings facts; where nothing is, nothing is waited for."""
        idle = 0
        while idle < PATIENCE and len(self._waiting) < BATCH:
            before = len(self._waiting)
            await asyncio.sleep(0)
            idle = 0 if len(self._waiting) > before else idle + 1

    async def _write_batch(self) -> None:
        """Commit what waits once the log is free; those that come while it is not are in the same commit."""
        batch: list[Waiting] = []

        def take() -> Sequence[AuditFact]:
            nonlocal batch
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            return [fact for fact, _ in batch]

        try:
            await self._log.append(take)
        except BaseException as error:
            if not batch:
                batch, self._waiting = self._waiting, []
            _settle(batch, error)
            if not isinstance(error, Exception):
                raise
        else:
            _settle(batch, None)


def _settle(batch: Sequence[Waiting], error: BaseException | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            message = error.message if isinstance(error, CorridorError) else "The log cannot be written."
            lost = UnavailableError(message)
            lost.__cause__ = error
            done.set_exception(lost)


async def _state(connection: AsyncConnection, since: int) -> LogState:
    newest = select(log_checkpoint.c.size, log_checkpoint.c.note).order_by(log_checkpoint.c.size.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    if row is None:
        raise UnavailableError("The log has no entries yet.")
    size: int = row.size
    hashes = await _hashes(connection, needed(lambda fetch: consistency_proof(since, size, fetch)))
    proof = consistency_proof(since, size, lambda level, index: hashes[level, index])
    return LogState(since, size, row.note, proof)


async def _hashes(connection: AsyncConnection, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The hashes of complete subtrees by level and index, in two statements.

    Raises:
        UnavailableError: one is missing, so the log is damaged.
    """
    leaves = [index for level, index in places if not level]
    inner = [and_(log_node.c.level == level, log_node.c.idx == index) for level, index in places if level]
    rows = await connection.execute(select(log_entry.c.idx, log_entry.c.leaf_hash).where(log_entry.c.idx.in_(leaves)))
    found = {(0, row.idx): bytes(row.leaf_hash) for row in rows}
    if inner:
        rows = await connection.execute(select(log_node).where(or_(*inner)))
        found |= {(row.level, row.idx): bytes(row.hash) for row in rows}
    if len(found) != len(places):
        raise UnavailableError("The log is damaged; nothing can be proven.")
    return found
