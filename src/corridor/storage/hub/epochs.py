"""Tokens of several keys side by side: how many people have them, and an end to those of keys that are no more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, select

from corridor.storage.database import Database
from corridor.storage.hub.tables import token


class SqlEpochs:
    """The register by key, on SQLite and PostgreSQL.

    Args:
        database: of the hub.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> dict[int, int]:
        """How many people have tokens of each key, by its number."""
        counted = select(token.c.epoch, func.count(token.c.person.distinct())).group_by(token.c.epoch)
        async with self._database.read() as connection:
            rows = await connection.execute(counted.order_by(token.c.epoch))
            return {row[0]: row[1] for row in rows}

    async def forget(self, *, besides: Collection[int]) -> int:
        """Delete the tokens of all keys but these; how many there were. Durable when this returns."""
        old = token.c.epoch.not_in(list(besides))
        async with self._database.write() as connection:
            count = (await connection.execute(select(func.count()).where(old))).scalar_one()
            await connection.execute(delete(token).where(old))
        return int(count)
