"""Searches for purposes that are not on the allow-list, out of all that were written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from corridor.domain.country import Country
from corridor.domain.purpose import Purpose, known
from corridor.flows.ports.attempts import Attempt
from corridor.storage.database import Database
from corridor.storage.hub.tables import resolution
from corridor.storage.times import from_micros, to_micros

_COLUMNS = [resolution.c[name] for name in ("asker", "hour", "purpose", "count")]
_PERMITTED = sorted(str(purpose) for purpose in Purpose)


class SqlAttempts:
    """Port `Attempts` on SQLite and PostgreSQL.

    Args:
        database: of the hub.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, start: datetime | None, end: datetime | None) -> tuple[Attempt, ...]:
        """See the port."""
        query = select(*_COLUMNS).where(resolution.c.purpose.not_in(_PERMITTED))
        if start:
            query = query.where(resolution.c.hour >= to_micros(start))
        if end:
            query = query.where(resolution.c.hour < to_micros(end))
        newest = query.order_by(resolution.c.hour.desc(), resolution.c.asker, resolution.c.purpose)
        async with self._database.read() as connection:
            rows = await connection.execute(newest)
            return tuple(
                Attempt(from_micros(hour), Country(asker), known(purpose), count)
                for asker, hour, purpose, count in rows
            )
