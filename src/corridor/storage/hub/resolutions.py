"""That a country searched, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from corridor.domain.country import Country
from corridor.storage.database import Database
from corridor.storage.hub.tables import resolution
from corridor.storage.times import to_micros


class SqlResolutions:
    """Port `Resolutions` on SQLite and PostgreSQL.

    Args:
        database: of the hub.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect: Any = sqlite if database.is_sqlite else postgresql

    async def record(self, asker: Country, *, purpose: str, at: datetime) -> None:
        """See the port."""
        hour = to_micros(at.replace(minute=0, second=0, microsecond=0))
        insert = self._dialect.insert(resolution).values(asker=asker, hour=hour, purpose=purpose, count=1)
        once_more = {"count": resolution.c.count + 1}
        counted = insert.on_conflict_do_update(index_elements=["asker", "hour", "purpose"], set_=once_more)
        async with self._database.write() as connection:
            await connection.execute(counted)
