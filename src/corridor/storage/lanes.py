"""Reading in two lanes, so that a search through everything holds up nobody who wants one patient.

On PostgreSQL the plans are pinned: what touches a few rows by an index has one plan for all values, which is made once;
what may touch many has a plan of its own for each set of values.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any, Protocol

import asyncpg

from corridor.storage.database import Database, translated
from corridor.storage.drivers import LOCKED_SECONDS, POSTGRESQL_SETTINGS, READING
from corridor.storage.reads import Reader, SqliteReader
from corridor.storage.shared_reads import SharedReader
from corridor.storage.statements import Row, Statement, Values

_QUICK = 2
_BROAD = 2
"""Connections of each lane."""


class Lane(Protocol):
    """Connections for one kind of reading."""

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """What a statement finds of all that is committed."""

    async def close(self) -> None:
        """Let go of the connections."""


class Lanes:
    """Both lanes of a database."""

    def __init__(self, database: Database) -> None:
        self.seals = database.seals
        self._quick: Reader | Lane
        self._broad: Lane
        if database.is_sqlite:
            self._quick, self._broad = SqliteReader(database.path), _Threads(database.path)
        else:
            self._quick = SharedReader(database.dsn, _QUICK)
            self._broad = _Pool(database.dsn, _BROAD)

    async def quick(self, statement: Statement, values: Values) -> Sequence[Row]:
        """What a statement finds that touches a few rows by an index.

        Raises:
            UnavailableError: the database does not answer.
        """
        with translated():
            return await self._quick.rows(statement, values)

    async def broad(self, statement: Statement, values: Values) -> Sequence[Row]:
        """What a statement finds that may touch many rows.

        Raises:
            UnavailableError: the database does not answer.
        """
        with translated():
            return await self._broad.rows(statement, values)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._quick.close()
        await self._broad.close()


class _Threads:
    """SQLite in threads of its own: whoever waits for the event loop does not wait for a long search."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(_BROAD, "corridor-search")
        self._own = local()
        self._opened: list[sqlite3.Connection] = []

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """See `Lane`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._rows, statement, values)

    async def close(self) -> None:
        """See `Lane`."""
        self._threads.shutdown(wait=True)
        for each in self._opened:
            each.close()

    def _rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._open()
        return connection.execute(statement.sqlite, statement.named(values)).fetchall()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only=ON")
        self._opened.append(connection)
        return connection


class _Pool:
    """PostgreSQL connections that keep their prepared statements; the one that was used last comes first."""

    def __init__(self, dsn: str, size: int) -> None:
        self._dsn = dsn
        self._settings = {
            **POSTGRESQL_SETTINGS,
            "plan_cache_mode": "force_custom_plan",
            **READING,
        }
        self._free: list[Any] = []
        self._places = asyncio.Semaphore(size)

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """See `Lane`."""
        async with self._places:
            connection = self._free.pop() if self._free else None
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(self._dsn, server_settings=self._settings, statement_cache_size=500)
            try:
                found: Sequence[Row] = await connection.fetch(statement.postgresql, *statement.numbered(values))
            except BaseException:
                connection.terminate()
                raise
            self._free.append(connection)
            return found

    async def close(self) -> None:
        """See `Lane`."""
        while self._free:
            await self._free.pop().close()
