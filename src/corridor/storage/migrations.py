"""Bringing a database to the shape that this release expects."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from corridor.storage.database import Database
from corridor.storage.revisions import scripts, version_table

_LOCK = 0x636F7272  # any number that all migrating processes share


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


def _upgrade(connection: Connection, role: str) -> None:
    config = _config(role)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table(role)
    command.upgrade(config, "head")


def _config(role: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts(role)).replace("%", "%%"))
    return config
