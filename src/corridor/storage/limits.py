"""What may be done only once, and what only so often; node and hub each bring tables of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from corridor.domain.errors import ThrottledError, UnavailableError
from corridor.domain.limits import Cost, hour_of, seconds_left
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros

_SWEEP = timedelta(minutes=1)
_KEPT = timedelta(days=2)
_TOGETHER = 64
"""Nonces in one commit at most."""

_NONCE: dict[str, Any] = {name: bindparam(name) for name in ("key_id", "nonce", "until")}
_BUDGET: dict[str, Any] = {name: bindparam(name) for name in ("name", "hour", "amount")}


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Spending:
    """A nonce that somebody waits to have spent."""

    row: dict[str, Any]
    spent: asyncio.Future[bool]

    def tell(self, *, first: bool) -> None:
        """Tell whether it was the first time, if that is still awaited."""
        if not self.spent.done():
            self.spent.set_result(first)

    def fail(self, error: Exception) -> None:
        """Tell that it could not be spent."""
        if not self.spent.done():
            lost = UnavailableError("The database does not answer.")
            lost.__cause__ = error
            self.spent.set_exception(lost)


class SqlNonces:
    """Port `Nonces` on SQLite and PostgreSQL; who waits while others are committed shares the next commit.

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
        self._waiting: list[_Spending] = []
        self._writing: asyncio.Task[None] | None = None

    async def spend(self, key_id: str, nonce: str, *, until: datetime) -> bool:
        """See the port."""
        self._database.check_not_writing()
        row = {"key_id": key_id, "nonce": nonce, "until": to_micros(until), "now": to_micros(self._now())}
        spending = _Spending(row, asyncio.get_running_loop().create_future())
        self._waiting.append(spending)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await spending.spent

    async def _write(self) -> None:
        try:
            while self._waiting:
                taken: list[_Spending] = []
                try:
                    await self._commit(taken)
                except Exception:  # noqa: BLE001  # whatever it is, each hears of their own
                    # One among them may be none that the database takes: only who brought it is to be told.
                    for each in taken or self._take(1):
                        await self._commit_alone(each)
        finally:
            self._writing = None

    async def _commit(self, taken: list[_Spending]) -> None:
        """Spend these, or where there are none those who wait once it is this process's turn to write."""
        async with self._database.transaction() as statements:
            taken += [] if taken else self._take(_TOGETHER)
            await self._swept(statements)
            spent = [bool(await statements.count(self._once, each.row)) for each in taken]
        for each, first in zip(taken, spent, strict=True):
            each.tell(first=first)

    async def _commit_alone(self, spending: _Spending) -> None:
        try:
            await self._commit([spending])
        except Exception as error:  # noqa: BLE001  # whoever waits must hear of it
            spending.fail(error)

    def _take(self, most: int) -> list[_Spending]:
        """Those who came first, in one order for all processes, so that none waits for another that waits for it."""
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        return sorted(taken, key=lambda each: (each.row["key_id"], each.row["nonce"]))

    async def _swept(self, statements: Transaction) -> None:
        now = self._now()
        if self._swept_at is None or now - self._swept_at > _SWEEP:
            await statements.run(self._sweep, [{"now": to_micros(now)}])
            self._swept_at = now


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
