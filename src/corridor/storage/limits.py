"""What may be done only once, and what only so often; node and hub each bring tables of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from corridor.domain.errors import ThrottledError
from corridor.storage.database import Database
from corridor.storage.times import to_micros

_SWEEP = timedelta(minutes=1)
_KEPT = timedelta(days=2)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlNonces:
    """Port `Nonces` on SQLite and PostgreSQL.

    Args:
        database: of the node or hub.
        table: with key_id, nonce and until.
        now: the time by which nonces end.
    """

    def __init__(self, database: Database, table: Table, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._table = table
        self._now = now
        self._swept_at: datetime | None = None

    async def spend(self, key_id: str, nonce: str, *, until: datetime) -> bool:
        """See the port."""
        now = self._now()
        insert = _insert(self._database, self._table).values(key_id=key_id, nonce=nonce, until=to_micros(until))
        again = {"until": insert.excluded.until}
        ended = self._table.c.until < to_micros(now)
        once = insert.on_conflict_do_update(index_elements=["key_id", "nonce"], set_=again, where=ended)
        async with self._database.write() as connection:
            await self._sweep(connection, now)
            return bool((await connection.execute(once)).rowcount)

    async def _sweep(self, connection: Any, now: datetime) -> None:
        if self._swept_at is None or now - self._swept_at > _SWEEP:
            await connection.execute(delete(self._table).where(self._table.c.until < to_micros(now)))
            self._swept_at = now


class SqlBudgets:
    """Port `Budgets` on SQLite and PostgreSQL.

    Args:
        database: of the node or hub.
        table: with name, hour and amount.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table
        self._hour: datetime | None = None

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """See the port."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if amount > limit or not await self._count(name, amount, limit=limit, hour=hour):
            raise ThrottledError("The budget of this hour is spent.")

    async def _count(self, name: str, amount: int, *, limit: int, hour: datetime) -> bool:
        insert = _insert(self._database, self._table).values(name=name, hour=to_micros(hour), amount=amount)
        total = self._table.c.amount + insert.excluded.amount
        added = insert.on_conflict_do_update(
            index_elements=["name", "hour"], set_={"amount": total}, where=total <= limit
        )
        async with self._database.write() as connection:
            await self._sweep(connection, hour)
            return bool((await connection.execute(added)).rowcount)

    async def _sweep(self, connection: Any, hour: datetime) -> None:
        if self._hour != hour:
            await connection.execute(delete(self._table).where(self._table.c.hour < to_micros(hour - _KEPT)))
            self._hour = hour


def _insert(database: Database, table: Table) -> Any:
    dialect: Any = sqlite if database.is_sqlite else postgresql
    return dialect.insert(table)
