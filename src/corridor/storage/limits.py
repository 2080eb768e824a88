"""What may be done only once, and what only so often; node and hub each bring tables of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from corridor.domain.errors import ThrottledError
from corridor.storage.database import Database
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros

_SWEEP = timedelta(minutes=1)
_KEPT = timedelta(days=2)
_NONCE: dict[str, Any] = {name: bindparam(name) for name in ("key_id", "nonce", "until")}
_BUDGET: dict[str, Any] = {name: bindparam(name) for name in ("name", "hour", "amount")}


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
        self._now = now
        self._swept_at: datetime | None = None
        self._sweep = Statement(delete(table).where(table.c.until < bindparam("now")))
        self._once = Statement(lambda dialect: _once(dialect.insert(table).values(_NONCE), table))

    async def spend(self, key_id: str, nonce: str, *, until: datetime) -> bool:
        """See the port."""
        now = self._now()
        row = {"key_id": key_id, "nonce": nonce, "until": to_micros(until), "now": to_micros(now)}
        async with self._database.transaction() as statements:
            if self._swept_at is None or now - self._swept_at > _SWEEP:
                await statements.run(self._sweep, [{"now": to_micros(now)}])
                self._swept_at = now
            return bool(await statements.count(self._once, row))


class SqlBudgets:
    """Port `Budgets` on SQLite and PostgreSQL.

    Args:
        database: of the node or hub.
        table: with name, hour and amount.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._hour: datetime | None = None
        self._sweep = Statement(delete(table).where(table.c.hour < bindparam("oldest")))
        self._table = table
        self._added = Statement(lambda dialect: _added(dialect.insert(table).values(_BUDGET), table))

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """See the port."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        row = {"name": name.replace("\x00", "\ufffd"), "hour": to_micros(hour), "amount": amount, "limit": limit}
        if amount > limit or not await self._count(row, hour):
            raise ThrottledError("The budget of this hour is spent.")

    async def spent(self, name: str, *, at: datetime) -> int:
        """See the port."""
        hour, columns = at.replace(minute=0, second=0, microsecond=0), self._table.c
        counted = select(columns.amount).where(columns.name == name, columns.hour == to_micros(hour))
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one_or_none() or 0)

    async def _count(self, row: Mapping[str, Any], hour: datetime) -> bool:
        async with self._database.transaction() as statements:
            if self._hour != hour:
                await statements.run(self._sweep, [{"oldest": to_micros(hour - _KEPT)}])
                self._hour = hour
            return bool(await statements.count(self._added, row))


def _once(insert: Any, table: Table) -> Any:
    """The nonce anew, or over one that has ended."""
    again = {"until": insert.excluded.until}
    ended = table.c.until < bindparam("now", type_=table.c.until.type)
    return insert.on_conflict_do_update(index_elements=["key_id", "nonce"], set_=again, where=ended)


def _added(insert: Any, table: Table) -> Any:
    """The amount added to what was spent, unless that would pass the limit."""
    total = table.c.amount + insert.excluded.amount
    within = total <= bindparam("limit", type_=table.c.amount.type)
    return insert.on_conflict_do_update(index_elements=["name", "hour"], set_={"amount": total}, where=within)
