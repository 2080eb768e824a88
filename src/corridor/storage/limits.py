"""What may be done only once, and what only so often; node and hub each bring tables of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Cost, hour_of, seconds_left
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
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
        self._ahead: dict[str, int] = {}

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """See the port."""
        await self.spend_all([Cost(name, limit, amount)], at=at)

    async def spend_all(self, costs: Sequence[Cost], *, at: datetime) -> None:
        """See the port."""
        hour = hour_of(at)
        if self._hour != hour:
            self._ahead.clear()
        due = [cost for cost in costs if self._ahead.get(cost.name, 0) < cost.amount]
        # What was counted ahead is taken before anybody else can run, and given back where the rest cannot be had.
        taken = [cost for cost in costs if cost not in due]
        for cost in taken:
            self._ahead[cost.name] -= cost.amount
        if due and not await self._count(due, hour):
            if self._hour == hour:
                for cost in taken:
                    self._ahead[cost.name] += cost.amount
            raise ThrottledError(retry_seconds=seconds_left(at))

    async def spent(self, name: str, *, at: datetime) -> int:
        """See the port."""
        columns = self._table.c
        counted = select(columns.amount).where(columns.name == name, columns.hour == to_micros(hour_of(at)))
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one_or_none() or 0)

    async def _count(self, costs: Sequence[Cost], hour: datetime) -> bool:
        """Whether all were counted; counters are taken in one order, so that no two wait for each other."""
        ahead: dict[str, int] = {}
        with suppress(_SpentError):
            async with self._database.transaction() as statements:
                if self._hour != hour:
                    await statements.run(self._sweep, [{"oldest": to_micros(hour - _KEPT)}])
                    self._hour = hour
                for cost in sorted(costs, key=lambda each: each.name):
                    ahead[cost.name] = await self._take(statements, cost, hour) - cost.amount
            for name, left in ahead.items() if self._hour == hour else ():
                self._ahead[name] = self._ahead.get(name, 0) + left
            return True
        return False

    async def _take(self, statements: Transaction, cost: Cost, hour: datetime) -> int:
        """How much was taken from a counter: a slice, or where that is too much, just the cost.

        Raises:
            _SpentError: not even that.
        """
        row = {"name": cost.name.replace("\x00", "\ufffd"), "hour": to_micros(hour), "limit": cost.limit}
        for amount in sorted({max(cost.slice, cost.amount), cost.amount}, reverse=True):
            if amount <= cost.limit and await statements.count(self._added, {**row, "amount": amount}):
                return amount
        raise _SpentError


class _SpentError(Exception):
    """Undoes the transaction in which something could not be counted."""


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
