"""One database behind one setting: a SQLite file or a PostgreSQL server, durable in the same way."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.storage.drivers import (
    LOCKED_SECONDS,
    POSTGRESQL_SETTINGS,
    SQLITE_PRAGMAS,
    Driver,
    PostgresDriver,
    SqliteDriver,
    Transaction,
)
from corridor.storage.reads import PostgresReader, Reader, SqliteReader
from corridor.storage.seals import CLEAR, Seals
from corridor.storage.statements import Row, Statement, Values

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

_BUSY = f"PRAGMA busy_timeout={int(LOCKED_SECONDS * 1000)}"
_WRITING = "corridor_writing"


class Database:
    """An open database: reads run side by side, writes of this process one after another.

    Args:
        url: `sqlite:////path/file.db`, or `postgresql://user@host/name`; a socket folder goes into `?host=/folder`.
        seals: of what is kept about people; none where there is nothing to seal.

    Raises:
        InvalidError: the setting is neither.
    """

    def __init__(self, url: str, seals: Seals = CLEAR) -> None:
        self.url = parse_url(url)
        self.seals = seals
        self._writer = asyncio.Lock()
        self._writing: asyncio.Task[Any] | None = None
        self.engine = _engine(self.url)
        self._driver: Driver = SqliteDriver(self.path) if self.is_sqlite else PostgresDriver(self.dsn)
        self._reader: Reader = SqliteReader(self.path) if self.is_sqlite else PostgresReader(self.dsn)

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, False on PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> str:
        """The file of a SQLite database, empty on PostgreSQL."""
        return (self.url.database or "") if self.is_sqlite else ""

    @property
    def dsn(self) -> str:
        """The address of a PostgreSQL database as its own clients spell it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is durable when the block ends and leaves nothing behind when it raises.

        Writers of this process take turns in the order of their coming; on SQLite the file is locked at once, so that
        no other process can come between what is read and what is written.

        Raises:
            UnavailableError: the database does not answer, or does not take what is written.
        """
        async with self._turn(), self.engine.connect() as plain:
            connection = await plain.execution_options(**{_WRITING: True})
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def transaction(self, *, holding: Table | None = None) -> AsyncIterator[Transaction]:
        """As `write`, for statements that are compiled already: the path of everything that is done many times.

        Args:
            holding: whose rows nobody else, in this process or another, holds or changes until the end.

        Raises:
            UnavailableError: the database does not answer, or does not take what is written.
        """
        async with self._turn():
            try:
                await self._driver.begin(holding)
                yield self._driver
                await self._driver.commit()
            except BaseException as error:
                await self._driver.undo(error)
                raise

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[Transaction]:
        """The writer's turn without a transaction: each statement is one of its own, durable when it returns.

        Raises:
            UnavailableError: the database does not answer, or does not take what is written.
        """
        async with self._turn():
            try:
                await self._driver.connect()
                yield self._driver
            except BaseException as error:
                await self._driver.undo(error)
                raise

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self.check_not_writing()
        async with self._writer:
            self._writing = asyncio.current_task()
            try:
                with translated():
                    yield
            finally:
                self._writing = None

    def check_not_writing(self) -> None:
        """Refuse to begin a write inside a write, which would wait for itself for ever.

        Raises:
            RuntimeError: the running task is inside `write` already; a mistake in the caller.
        """
        if self._writing is not None and self._writing is asyncio.current_task():
            raise RuntimeError("A write was begun inside a write of the same task.")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; nothing that is done on it is kept.

        Raises:
            UnavailableError: the database does not answer.
        """
        with translated():
            async with self.engine.connect() as connection:
                yield connection

    async def rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        """As `read`, for one statement that is compiled already.

        Raises:
            UnavailableError: the database does not answer.
        """
        with translated():
            return await self._reader.rows(statement, values)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._reader.close()
        await self._driver.close()
        await self.engine.dispose()


class translated:  # noqa: N801  # read as a word; a generator in its place costs every statement a microsecond
    """What the drivers raise, as an error of the house; errors of the house pass unchanged."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Translate."""
        if isinstance(error, (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error, OSError)):
            raise UnavailableError("The database does not answer.") from error


def parse_url(url: str) -> URL:
    """The database setting, checked.

    Raises:
        InvalidError: neither a SQLite file nor a PostgreSQL address.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError as error:
        raise InvalidError("The database setting is not a URL.") from error
    if backend not in _DRIVERS or not parsed.database:
        raise InvalidError("The database setting must begin with sqlite:/// or postgresql:// and name a database.")
    return parsed.set(drivername=_DRIVERS[backend])


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, query_cache_size=1000)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    settings = {"server_settings": POSTGRESQL_SETTINGS, "prepared_statement_cache_size": 500}
    return create_async_engine(url, query_cache_size=1000, pool_size=5, max_overflow=5, connect_args=settings)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction control cannot say BEGIN IMMEDIATE; it is switched off and done below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (*SQLITE_PRAGMAS, _BUSY):
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
