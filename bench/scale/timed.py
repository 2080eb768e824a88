"""Rounds in which callers ask side by side: answers a second, our process's time, and the database's for them."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

import asyncpg

from bench.figures import Round, interleaved
from bench.processes import precise_seconds
from corridor.storage.database import Database

CALLERS = 8
"""Callers side by side."""

Ask = Callable[[int], Awaitable[object]]
"""Asks once; told which turn of all it is."""

_BACKENDS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a case took, by median.

    Attributes:
        rate: answers a second.
        own: microseconds of processor time of the asking process, an answer.
        database: the same of PostgreSQL's backends.
    """

    rate: float
    own: float
    database: float

    @property
    def whole(self) -> float:
        """Microseconds of both an answer."""
        return self.own + self.database


@dataclass(slots=True)
class Backends:
    """The server's processes of one database, seen over a connection of its own."""

    connection: Any

    async def seconds(self) -> dict[int, float]:
        """Processor time of each so far."""
        return {row["pid"]: precise_seconds(row["pid"]) for row in await self.connection.fetch(_BACKENDS)}

    async def since(self, before: Mapping[int, float]) -> float:
        """Seconds that they have used since an earlier look."""
        return sum(after - before.get(pid, 0.0) for pid, after in (await self.seconds()).items())


async def backends_of(stack: AsyncExitStack, url: str) -> Backends:
    """Those of one database, seen until the stack closes."""
    connection: Any = await asyncpg.connect(Database(url).dsn)
    stack.push_async_callback(connection.close)
    return Backends(connection)


@dataclass(slots=True)
class Case:
    """One thing that is asked for many times in a round.

    Attributes:
        ask: asks once.
        turns: how often in a round.
        prepare: called before each round, outside of what is measured.
    """

    ask: Ask
    turns: int
    backends: Backends
    callers: int = CALLERS
    prepare: Callable[[], None] = lambda: None
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    async def run(self) -> float:
        """Answers a second in one round."""
        self.prepare()
        before, own, wall = await self.backends.seconds(), process_time(), perf_counter()
        await asyncio.gather(*(self._caller(each) for each in range(self.callers)))
        seconds, spent = perf_counter() - wall, process_time() - own
        self.own.append(spent / self.turns * 1e6)
        self.database.append(await self.backends.since(before) / self.turns * 1e6)
        return self.turns / seconds

    async def _caller(self, caller: int) -> None:
        for turn in range(caller, self.turns, self.callers):
            await self.ask(turn)


async def timed(cases: Mapping[str, Case], rounds: int) -> dict[str, Spent]:
    """Each case's medians; the first round warms up and is not counted."""
    runs: dict[str, Round] = {name: case.run for name, case in cases.items()}
    rates = await interleaved(runs, rounds)
    return {
        name: Spent(rate, statistics.median(cases[name].own[1:]), statistics.median(cases[name].database[1:]))
        for name, rate in rates.items()
    }
