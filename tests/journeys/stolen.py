"""Everything that a thief of a party's disk, database or backup has, keys and settings left out."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from tests.journeys.stored import database_bytes
from tests.journeys.tables import database_of, rows, tables_of
from tests.journeys.world import World

OWN = ("keys", "log.txt", "formulary", "node.toml", "hub.toml", "pid", "card", "messages.txt")
"""What is meant to be read there: settings, keys, public lists, messages in development; logs are scanned apart."""


def stolen(land: World, key: str) -> Iterator[tuple[str, bytes]]:
    """By what it is: the database's files, each column of each table, a backup, and what lies in folders."""
    yield "files", database_bytes(land, key)
    yield "backup", backup(land, key)
    for table in tables_of(land.doors[key]).tables.values():
        found = rows(land.doors[key], table)
        for column in table.c:
            values = [row[column.name] for row in found]
            yield f"{table.name}.{column.name}", b"\n".join(map(_bytes, values))
    folder = Path(land.doors[key].folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(OWN):
            yield name, path.read_bytes()


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def backup(land: World, key: str) -> bytes:
    """A backup as operators make it: a copy of the SQLite file told as text, or what `pg_dump` writes."""
    url = make_url(database_of(land.doors[key]))
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(url.database or "") as connection:
            return "\n".join(connection.iterdump()).encode()
    address = url.render_as_string(hide_password=False)
    command = [f"{asyncio.run(_setting(address, _PROGRAMS))}/pg_dump", "--format=plain", f"--dbname={address}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def written_ahead(land: World, key: str) -> bytes:
    """What a PostgreSQL server writes ahead of all of its tables; nothing on SQLite, where the files hold it."""
    url = make_url(database_of(land.doors[key]))
    if url.get_backend_name() == "sqlite":
        return b""
    folder = Path(asyncio.run(_setting(url.render_as_string(hide_password=False), _FOLDER)))
    return b"".join(each.read_bytes() for each in sorted(folder.glob("pg_wal/*")) if each.is_file())


_PROGRAMS = "SELECT setting FROM pg_config WHERE name = 'BINDIR'"
_FOLDER = "SELECT current_setting('data_directory')"


async def _setting(address: str, query: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        return str(await connection.fetchval(query))
    finally:
        await connection.close()
