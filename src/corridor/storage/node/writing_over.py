"""Writing over what stood in clear, or under a key that is gone: neither database does so by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable

import asyncpg

from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database


async def write_over(database: Database, tables: Iterable[str]) -> None:
    """Leave nothing in a database's own files but what its tables hold; takes as long as copying them.

    Args:
        database: that nobody else is writing to.
        tables: that are made anew on PostgreSQL; a SQLite file is made anew as a whole.

    Raises:
        UnavailableError: the database does not answer.
    """
    try:
        if database.is_sqlite:
            await asyncio.to_thread(_sqlite, database.path)
        else:
            await _postgresql(database.dsn, tables)
    except (OSError, asyncpg.PostgresError, sqlite3.Error) as error:
        raise UnavailableError("The database does not answer.") from error


def _sqlite(path: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


async def _postgresql(dsn: str, tables: Iterable[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for table in tables:
            await connection.execute(f'VACUUM FULL "{table}"')
    finally:
        await connection.close()
