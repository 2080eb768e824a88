"""Reading with compiled statements, on a connection that writes nothing and waits for no writer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

import asyncpg

from corridor.storage.drivers import BY_INDEX, LOCKED_SECONDS, POSTGRESQL_SETTINGS, READING
from corridor.storage.statements import Row, Statement, Values


class Reader(Protocol):
    """A connection for reading; opened when it is first needed."""

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """What a statement finds of all that is committed."""

    async def close(self) -> None:
        """Let go of the connection."""


class SqliteReader:
    """Reads in the event loop: what an index finds is there before a thread could be woken."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """See `Reader`."""
        connection = self._connection or self._open()
        return connection.execute(statement.sqlite, statement.named(values)).fetchall()

    async def close(self) -> None:
        """See `Reader`."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only=ON")
        self._connection = connection
        return connection


class PostgresReader:
    """Reads statements that asyncpg has prepared, one after another."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        self._turn = asyncio.Lock()

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """See `Reader`."""
        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                settings = {**POSTGRESQL_SETTINGS, **BY_INDEX, **READING}
                self._connection = await asyncpg.connect(self._dsn, server_settings=settings)
            found: Sequence[Row] = await self._connection.fetch(statement.postgresql, *statement.numbered(values))
            return found

    async def close(self) -> None:
        """See `Reader`."""
        if self._connection:
            await self._connection.close()
            self._connection = None
