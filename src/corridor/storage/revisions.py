"""Which revision a database has, and which one this release was written for."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

import corridor
from corridor.storage.database import Database


def version_table(role: str) -> str:
    """Name of the table that remembers the revision of a `node` or a `hub` database."""
    return f"{role}_revision"


def scripts(role: str) -> Path:
    """The folder that holds the migrations of a `node` or a `hub`, each in a file that begins with its number."""
    package = Path(corridor.__file__).parent
    packaged = package / "migrations"  # in an installed wheel; an editable checkout has them beside src
    return (packaged if packaged.is_dir() else package.parents[1] / "migrations") / role


def newest(role: str) -> str:
    """The number of the newest migration.

    Read from the files' names: alembic and what it brings along take seven megabytes, which a node that runs does
    not need.
    """
    return max(path.name[:4] for path in (scripts(role) / "versions").glob("[0-9]*.py"))


async def current_is_head(url: str, role: str) -> bool:
    """True if the database has exactly the revision that this release was written for."""
    database = Database(url)
    try:
        async with database.read() as connection:
            return await connection.run_sync(_current, role) == newest(role)
    finally:
        await database.close()


def _current(connection: Connection, role: str) -> str | None:
    table = version_table(role)
    if not inspect(connection).has_table(table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608  # one of our two names
