"""Reading one record by id with nothing between the driver and the caller (SPEED: the read path)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

import asyncpg

from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.record import Record
from corridor.storage.database import Database
from corridor.storage.drivers import BY_INDEX, POSTGRESQL_SETTINGS, READING
from corridor.storage.node import bodies
from corridor.storage.seals import Seals
from corridor.storage.times import from_micros

_COLUMNS = "version, updated_at, body, patient_id"
_ONE_SQLITE = f"SELECT {_COLUMNS} FROM record WHERE id = ? AND resource_type = ?"  # noqa: S608  # the columns are a constant
_ONE_POSTGRESQL = f"SELECT {_COLUMNS} FROM record WHERE id = $1 AND resource_type = $2"  # noqa: S608  # the columns are a constant
_MANY_POSTGRESQL = f"SELECT id, resource_type, {_COLUMNS} FROM record WHERE id = ANY($1)"  # noqa: S608  # the columns are a constant
_BATCH = 100
_SETTINGS = {
    **POSTGRESQL_SETTINGS,
    "application_name": "corridor-reads",
    "plan_cache_mode": "force_generic_plan",
    **BY_INDEX,
    **READING,
}

Asked = tuple[str, str]


class HotReads(Protocol):
    """Current versions by type and id."""

    async def read(self, resource_type: str, id: str) -> Record | None:
        """The current version, deleted or not."""

    async def close(self) -> None:
        """Let go of the connection."""


def hot_reads(database: Database) -> HotReads:
    """The fastest reader of a database."""
    seals = database.seals
    return SqliteReads(database.path, seals) if database.is_sqlite else PostgresReads(database.dsn, seals)


class SqliteReads:
    """Reads in the event loop: a row by its index is there before a thread could be woken."""

    def __init__(self, path: str, seals: Seals) -> None:
        self._path = path
        self._seals = seals
        self._connection: sqlite3.Connection | None = None

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See `HotReads`."""
        try:
            connection = self._connection or self._open()
            rows = connection.execute(_ONE_SQLITE, (id, resource_type)).fetchall()
        except sqlite3.Error:
            raise UnavailableError("The database does not answer.") from None
        return _record((resource_type, id), rows[0], self._seals) if rows else None

    async def close(self) -> None:
        """See `HotReads`."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA busy_timeout=10000")
        self._connection = connection
        return connection


class PostgresReads:
    """Reads on one connection of its own; those that wait for it together are asked in one statement."""

    def __init__(self, dsn: str, seals: Seals) -> None:
        self._dsn = dsn
        self._seals = seals
        self._connection: Any = None
        self._one: Any = None
        self._many: Any = None
        self._busy = False
        self._waiting: list[tuple[Asked, asyncio.Future[Record | None]]] = []
        self._draining: asyncio.Task[None] | None = None

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See `HotReads`."""
        if self._busy:
            found: asyncio.Future[Record | None] = asyncio.get_running_loop().create_future()
            self._waiting.append(((resource_type, id), found))
            return await found
        self._busy = True
        try:
            row = await self._fetch(id, resource_type)
        finally:
            self._release()
        return _record((resource_type, id), row, self._seals) if row else None

    async def close(self) -> None:
        """See `HotReads`."""
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def _fetch(self, id: str, resource_type: str) -> Any:
        try:
            await self._ready()
            return await self._one.fetchrow(id, resource_type)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError):
            raise UnavailableError("The database does not answer.") from None

    async def _ready(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._dsn, server_settings=_SETTINGS)
            self._one = await self._connection.prepare(_ONE_POSTGRESQL)
            self._many = await self._connection.prepare(_MANY_POSTGRESQL)

    def _release(self) -> None:
        if self._waiting:
            self._draining = asyncio.create_task(self._drain())
        else:
            self._busy = False

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            try:
                await self._ready()
                rows = await self._many.fetch([asked[1] for asked, _ in batch])
            except Exception as error:  # noqa: BLE001  # whoever waits must hear of it, whatever it is
                _fail([future for _, future in batch], error)
            else:
                _answer(batch, rows, self._seals)
        self._busy = False


def _record(asked: Asked, row: Sequence[Any], seals: Seals) -> Record:
    version, updated_at, body, patient_id = row
    whole = None if body is None else bodies.unpack_record(body, seals, id=asked[1], patient_id=patient_id)
    return Record(asked[0], asked[1], version, from_micros(updated_at), whole, patient_id)


def _answer(
    batch: Sequence[tuple[Asked, asyncio.Future[Record | None]]], rows: Sequence[Sequence[Any]], seals: Seals
) -> None:
    found = {(row[1], row[0]): tuple(row)[2:] for row in rows}
    for asked, future in batch:
        if future.done():
            continue
        row = found.get(asked)
        try:
            future.set_result(_record(asked, row, seals) if row else None)
        except CorridorError as error:
            future.set_exception(error)


def _fail(futures: Sequence[asyncio.Future[Record | None]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            lost = UnavailableError("The database does not answer.")
            lost.__cause__ = error
            future.set_exception(lost)
