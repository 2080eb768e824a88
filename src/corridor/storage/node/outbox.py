"""Promises as rows, left in the transaction that makes them due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from corridor.flows.ports.outbox import Message
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node.tables import outbox
from corridor.storage.statements import Row
from corridor.storage.times import to_micros

_MESSAGES = select(outbox.c.id, outbox.c.kind, outbox.c.key, outbox.c.payload, outbox.c.attempt)


class SqlOutbox:
    """Port `Outbox` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, kind: str, *, at: datetime, limit: int) -> tuple[Message, ...]:
        """See the port."""
        wanted = _MESSAGES.where(outbox.c.kind == kind, outbox.c.due_at <= to_micros(at))
        return await self._read(wanted.order_by(outbox.c.due_at, outbox.c.id).limit(limit))

    async def starting(self, kind: str, start: str, *, limit: int) -> tuple[Message, ...]:
        """See the port."""
        wanted = _MESSAGES.where(outbox.c.kind == kind, outbox.c.key.startswith(start, autoescape=True))
        return await self._read(wanted.order_by(outbox.c.id).limit(limit))

    async def done(self, messages: tuple[Message, ...]) -> None:
        """See the port."""
        if messages:
            kept = delete(outbox).where(outbox.c.id.in_([each.id for each in messages]))
            async with self._database.write() as connection:
                await connection.execute(kept)

    async def retry(self, message: Message, *, at: datetime) -> None:
        """See the port."""
        later = update(outbox).where(outbox.c.id == message.id)
        async with self._database.write() as connection:
            await connection.execute(later.values(attempt=message.attempt + 1, due_at=to_micros(at)))

    async def waiting(self) -> int:
        """See the port."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(func.count()).select_from(outbox))).scalar_one())

    async def _read(self, wanted: Select[Any]) -> tuple[Message, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(Message(row.id, row.kind, row.key, bytes(row.payload), row.attempt) for row in rows)


async def queue(transaction: Transaction, promises: Sequence[Mapping[str, Any]]) -> None:
    """Leave promises (`kind`, `key`, `payload`), due at once; those that wait under the same key are replaced.

    A replaced promise gets a new id, so that whoever is keeping the old one cannot tick off the new one.
    """
    await transaction.fill({outbox: due_now(promises)})


def due_now(promises: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of promises, which replace those that wait; as in `queue`."""
    return [*{(each["kind"], each["key"]): {**each, "attempt": 0, "due_at": 0} for each in promises}.values()]
