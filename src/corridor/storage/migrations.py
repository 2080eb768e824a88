"""Bringing a database to the shape that this release expects, and checking that it has it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import corridor
from corridor.storage.database import Database

_LOCK = 0x636F7272  # any number that all migrating processes share


def version_table(role: str) -> str:
    """Name of the table that remembers the revision of a `node` or a `hub` database."""
    return f"{role}_revision"


async def upgrade(url: str, role: str) -> None:
    """Bring the database of a `node` or a `hub` to the newest revision, whole or not at all; safe to repeat.

    Raises:
        InvalidError: the URL is not a database setting.
    """
    database = Database(url)
    try:
        async with database.write() as connection:
            if not database.is_sqlite:  # two processes that start together must not both create the tables
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade, role)
    finally:
        await database.close()


async def current_is_head(url: str, role: str) -> bool:
    """True if the database has exactly the revision that this release was written for."""
    database = Database(url)
    try:
        async with database.read() as connection:
            return await connection.run_sync(_is_head, role)
    finally:
        await database.close()


def _upgrade(connection: Connection, role: str) -> None:
    config = _config(role)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table(role)
    command.upgrade(config, "head")


def _is_head(connection: Connection, role: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": version_table(role)})
    current = context.get_current_revision()
    return current is not None and current == ScriptDirectory.from_config(_config(role)).get_current_head()


def _config(role: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder() / role).replace("%", "%%"))
    return config


def _folder() -> Path:
    package = Path(corridor.__file__).parent
    packaged = package / "migrations"  # in an installed wheel; an editable checkout has them beside src
    return packaged if packaged.is_dir() else package.parents[1] / "migrations"
