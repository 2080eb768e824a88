"""A node's database as a thief has it: its files, its rows, a dump of it, and a copy that opens."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path

import asyncpg
from sqlalchemy import make_url, select

from corridor.storage.database import Database
from corridor.storage.node.tables import metadata


async def bytes_of(database: Database) -> bytes:
    """The database as its files hold it."""
    if database.is_sqlite:
        path = Path(database.path)
        return await asyncio.to_thread(
            lambda: b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
        )
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute("CHECKPOINT")
        files = await connection.fetch(
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)"
        )
        return await asyncio.to_thread(_joined, [Path(row[0]) for row in files if row[0]])
    finally:
        await connection.close()


def _joined(paths: Iterable[Path]) -> bytes:
    return b"".join(each.read_bytes() for each in paths)


async def everything(database: Database) -> bytes:
    """All that a thief finds: files with their write-ahead log, every column of every table, and a dump."""
    return b"\n".join([await _files(database), await _rows(database), await _dump(database)])


async def _files(database: Database) -> bytes:
    """Every file of the server, what it writes ahead among them; on SQLite as `bytes_of`."""
    if database.is_sqlite:
        return await bytes_of(database)
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute("CHECKPOINT")
        folder = Path(await connection.fetchval("SELECT current_setting('data_directory')"))
    finally:
        await connection.close()
    return await asyncio.to_thread(lambda: _joined(each for each in _written(folder) if each.is_file()))


def _written(folder: Path) -> list[Path]:
    return [*folder.glob("pg_wal/*"), *folder.glob("base/*/*")]


async def _rows(database: Database) -> bytes:
    """Every value of every table, one after another."""
    found: list[bytes] = []
    async with database.read() as connection:
        for table in metadata.tables.values():
            for row in await connection.execute(select(table)):
                found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
    return b"\n".join(found)


async def _dump(database: Database) -> bytes:
    """A backup in the form in which operators make it; on PostgreSQL by the server's own `pg_dump`."""
    if database.is_sqlite:
        return await asyncio.to_thread(_told_again, database.path)
    connection = await asyncpg.connect(database.dsn)
    try:
        folder = await connection.fetchval("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
    finally:
        await connection.close()
    command = [f"{folder}/pg_dump", "--format=plain", f"--dbname={database.dsn}"]
    return (await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)).stdout


def _told_again(path: str) -> bytes:
    with sqlite3.connect(path) as connection:
        return "\n".join(connection.iterdump()).encode()


async def copied(database: Database, folder: Path) -> str:
    """A backup as operators make it."""
    if database.is_sqlite:
        copy = folder / "copy.db"
        with sqlite3.connect(database.path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        return f"sqlite:///{copy}"
    name = make_url(database.dsn).database
    other = f"{name}_copy"
    server = make_url(database.dsn).set(database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(server)
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await connection.execute("SELECT 1")
    await connection.fetch(query, name)
    await connection.execute(f'CREATE DATABASE "{other}" TEMPLATE "{name}"')
    await connection.close()
    return make_url(database.dsn).set(database=other).render_as_string(hide_password=False)
