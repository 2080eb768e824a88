"""The bytes of a party's database as they lie on the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from tests.journeys.tables import database_of
from tests.journeys.world import World


def database_bytes(land: World, key: str) -> bytes:
    """Everything that the database keeps, its write-ahead log included where that is its own."""
    url = make_url(database_of(land.doors[key]))
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        return b"".join(each.read_bytes() for each in sorted(path.parent.glob(path.name + "*")))
    paths = asyncio.run(_files(url.render_as_string(hide_password=False)))
    return b"".join(path.read_bytes() for path in paths)


_FILES = """
    SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM pg_class
    WHERE relkind IN ('r', 'i', 't') AND (
        relnamespace = 'public'::regnamespace
        OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = 'public'::regnamespace))
"""


async def _files(address: str) -> list[Path]:
    """Files of this database's own tables and indexes, everything flushed; the server's catalogue is left out."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("CHECKPOINT")
        return [Path(row[0]) for row in await connection.fetch(_FILES)]
    finally:
        await connection.close()
