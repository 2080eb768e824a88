"""Reading on PostgreSQL by those who ask the same at the same time: what waits for a connection is asked together.

Most of what a short statement costs is its way to the database and back and the start of its plan. Under load those who
wait share it; who comes alone is asked for alone, at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from corridor.storage.drivers import BY_INDEX, POSTGRESQL_SETTINGS, READING
from corridor.storage.statements import Row, Statement, Values

TOGETHER = 64
"""Sets of values in one statement at most."""

_SETTINGS = {
    **POSTGRESQL_SETTINGS,
    "plan_cache_mode": "force_generic_plan",
    **BY_INDEX,
    **READING,
    "max_parallel_workers_per_gather": "0",  # several processes would mix the order of what is found together
}
_STATEMENTS = 500


class _Waiting(msgspec.Struct, frozen=True, eq=False):
    """One set of values, and who waits for what is found."""

    given: Sequence[Any]
    found: asyncio.Future[Sequence[Row]]

    def answer(self, rows: Sequence[Row]) -> None:
        """Tell what was found, if that is still awaited."""
        if not self.found.done():
            self.found.set_result(rows)

    def fail(self, error: Exception) -> None:
        """Tell that nothing can be found out."""
        if not self.found.done():
            self.found.set_exception(error)


class SharedReader:
    """A few connections that keep their prepared statements, with one plan of each for all values.

    Args:
        dsn: of the database.
        size: connections at most.
    """

    def __init__(self, dsn: str, size: int) -> None:
        self._dsn = dsn
        self._idle = size
        self._free: list[Any] = []
        self._waiting: dict[Statement, list[_Waiting]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """What a statement finds of all that is committed."""
        given = statement.numbered(values)
        if not self._idle:
            waiting = _Waiting(given, asyncio.get_running_loop().create_future())
            self._waiting.setdefault(statement, []).append(waiting)
            return await waiting.found
        self._idle -= 1
        try:
            return await self._fetch(statement.postgresql, given)
        finally:
            self._go_on()

    async def close(self) -> None:
        """Let go of the connections."""
        while self._free:
            await self._free.pop().close()

    def _go_on(self) -> None:
        """Give the connection's place to those who wait."""
        if not self._waiting:
            self._idle += 1
            return
        serving = asyncio.create_task(self._serve())
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self) -> None:
        try:
            while self._waiting:
                statement, waiting = self._next()
                if len(waiting) > 1:
                    await self._serve_together(statement, waiting)
                elif waiting:
                    await self._serve_one(statement, waiting[0])
                await asyncio.sleep(0)  # who was answered and asks on at once goes along with the next ones
        finally:
            self._idle += 1

    def _next(self) -> tuple[Statement, list[_Waiting]]:
        """Who waits for the statement that came first; further ones of it come after all others."""
        statement = next(iter(self._waiting))
        waiting = [each for each in self._waiting.pop(statement) if not each.found.done()]
        most = TOGETHER if statement.together else 1
        if len(waiting) > most:
            self._waiting[statement] = waiting[most:]
        return statement, waiting[:most]

    async def _serve_together(self, statement: Statement, waiting: Sequence[_Waiting]) -> None:
        try:
            rows = await self._fetch(statement.together, statement.gathered([each.given for each in waiting]))
        except Exception:  # noqa: BLE001  # whatever it is, whoever waits hears of their own
            # One value among them may be none that the database has: only who brought it is to be told.
            for each in waiting:
                await self._serve_one(statement, each)
            return
        for each, found in zip(waiting, _apart(rows, len(waiting)), strict=True):
            each.answer(found)

    async def _serve_one(self, statement: Statement, waiting: _Waiting) -> None:
        try:
            rows = await self._fetch(statement.postgresql, waiting.given)
        except Exception as error:  # noqa: BLE001  # whoever waits must hear of it
            waiting.fail(error)
        else:
            waiting.answer(rows)

    async def _fetch(self, text: str, given: Sequence[Any]) -> Sequence[Row]:
        connection = self._free.pop() if self._free else None
        if connection is None or connection.is_closed():
            connection = await asyncpg.connect(self._dsn, server_settings=_SETTINGS, statement_cache_size=_STATEMENTS)
        try:
            found: Sequence[Row] = await connection.fetch(text, *given)
        except BaseException:
            connection.terminate()
            raise
        self._free.append(connection)
        return found


def _apart(rows: Sequence[Any], sets: int) -> list[list[Row]]:
    """The rows of each set of values; their last column tells whose they are."""
    found: list[list[Row]] = [[] for _ in range(sets)]
    for row in rows:
        found[row[-1] - 1].append(row)
    return found
