"""The one connection on which a process writes, with as little as possible between it and the database."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Table

from corridor.domain.errors import CorridorError
from corridor.storage.statements import Row, Statement, Values, insertion, poured, pouring

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged commits at a power cut
    "PRAGMA secure_delete=ON",  # what is erased must not stay readable in free pages
    "PRAGMA foreign_keys=ON",
)

POSTGRESQL_SETTINGS = {
    "application_name": "corridor",
    "corridor.role": "writer",  # without it rows about people are not there (ADR 38)
    "synchronous_commit": "on",  # off loses acknowledged commits when the server is killed
    "jit": "off",  # short statements only: compiling them costs more than running them
}

BY_INDEX = {"enable_seqscan": "off"}
"""What a PostgreSQL connection says whose statements all go by an index.

A plan that is made once, while a table is empty, would read the whole of it, and go on so until the server looks at the
table anew (ADR 52).
"""

READING = {"corridor.role": "reader", "default_transaction_read_only": "on"}
"""What a PostgreSQL connection says that reads and never writes."""

LOCKED_SECONDS = 10.0
"""How long another process may hold a SQLite file before a write here gives up."""

_INLINE_ROWS = 250
"""More rows than this are inserted in a thread, so that nobody else waits for them."""


class Transaction(Protocol):
    """An open transaction."""

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[Row]:
        """What a statement finds or returns."""

    async def run(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Carry a statement out once for each row of values."""

    async def count(self, statement: Statement, values: Values) -> int:
        """Carry a statement out and tell how many rows it touched."""

    async def fill(self, rows: Mapping[Table, Sequence[Values]]) -> None:
        """Insert rows by table, all of one table naming the same columns, in the shortest way."""


class Driver(Transaction, Protocol):
    """A connection that begins and ends transactions; whoever uses it holds the writer's turn."""

    async def connect(self) -> None:
        """Connect where that is needed."""

    async def begin(self, holding: Table | None = None, /) -> None:
        """Open a transaction that holds the rows of a table from the start; connects where needed."""

    async def commit(self) -> None:
        """End it; it is durable when this returns."""

    async def undo(self, error: BaseException, /) -> None:
        """End it without a trace."""

    async def close(self) -> None:
        """Let go of the connection."""


class SqliteDriver:
    """Runs statements in the event loop and everything that waits for the disk in a thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "corridor-sqlite")

    async def connect(self) -> None:
        """See `Driver`."""
        self._connection = self._open

    async def begin(self, _holding: Table | None = None, /) -> None:
        """See `Driver`; the whole file is held."""
        connection = self._connection or self._connect()
        give_up = time.monotonic() + LOCKED_SECONDS
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                await asyncio.sleep(0.005)
            else:
                return

    async def commit(self) -> None:
        """See `Driver`."""
        await self._in_thread(lambda: self._open.execute("COMMIT"))

    async def undo(self, _error: BaseException, /) -> None:
        """See `Driver`."""
        if self._connection and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    async def close(self) -> None:
        """See `Driver`."""
        if self._connection:
            self._connection.close()
            self._connection = None

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[Row]:
        """See `Transaction`."""
        return self._open.execute(statement.sqlite, statement.named(values or {})).fetchall()

    async def run(self, statement: Statement, rows: Sequence[Values]) -> None:
        """See `Transaction`."""
        if not rows:
            return
        values = [statement.named(row) for row in rows]
        if len(rows) > _INLINE_ROWS:
            await self._in_thread(lambda: self._open.executemany(statement.sqlite, values))
        else:
            self._open.executemany(statement.sqlite, values)

    async def count(self, statement: Statement, values: Values) -> int:
        """See `Transaction`."""
        return self._open.execute(statement.sqlite, statement.named(values)).rowcount

    async def fill(self, rows: Mapping[Table, Sequence[Values]]) -> None:
        """See `Transaction`."""
        for table, each in rows.items():
            if each:
                await self.run(insertion(table, tuple(each[0])), each)

    @property
    def _open(self) -> sqlite3.Connection:
        return self._connection or self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)
        connection.execute("PRAGMA busy_timeout=0")  # from here on waiting is done without holding up the event loop
        self._connection = connection
        return connection

    async def _in_thread(self, work: Callable[[], Any]) -> None:
        """Wait for the work even when cancelled: nobody else may touch the connection before it is done."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise


class PostgresDriver:
    """Runs statements that asyncpg has prepared; a transaction that broke takes its connection along."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None

    async def connect(self) -> None:
        """See `Driver`."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(
                self._dsn, server_settings={**POSTGRESQL_SETTINGS, **BY_INDEX}, statement_cache_size=500
            )

    async def begin(self, holding: Table | None = None, /) -> None:
        """See `Driver`; what is read from here on is as it was once the rows were held."""
        await self.connect()
        # Two statements on one journey: the second one's snapshot is not that of what is read afterwards.
        await self._connection.execute(
            f'BEGIN; SELECT FROM "{holding.name}" FOR UPDATE' if holding is not None else "BEGIN"
        )

    async def commit(self) -> None:
        """See `Driver`."""
        await self._connection.execute("COMMIT")

    async def undo(self, error: BaseException, /) -> None:
        """See `Driver`."""
        if self._connection is None:
            return
        if isinstance(error, CorridorError) and not self._connection.is_closed():
            await self._connection.execute("ROLLBACK")
        else:  # the server rolls back what a lost connection had begun, whatever state it was in
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """See `Driver`."""
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[Row]:
        """See `Transaction`."""
        found: Sequence[Row] = await self._connection.fetch(statement.postgresql, *statement.numbered(values or {}))
        return found

    async def run(self, statement: Statement, rows: Sequence[Values]) -> None:
        """See `Transaction`."""
        if len(rows) == 1:
            await self.rows(statement, rows[0])
        elif rows:
            await self._connection.executemany(statement.postgresql, [statement.numbered(row) for row in rows])

    async def count(self, statement: Statement, values: Values) -> int:
        """See `Transaction`."""
        status: str = await self._connection.execute(statement.postgresql, *statement.numbered(values))
        return int(status.rpartition(" ")[2])

    async def fill(self, rows: Mapping[Table, Sequence[Values]]) -> None:
        """See `Transaction`."""
        tables = sorted(rows, key=lambda table: table.name)  # in one order, so that there are few statements to prepare
        filled = tuple((table, tuple(rows[table][0])) for table in tables if rows[table])
        if filled:
            arrays = [
                poured(table, name, [row[name] for row in rows[table]]) for table, columns in filled for name in columns
            ]
            await self._connection.execute(pouring(filled), *arrays)
