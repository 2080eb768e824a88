"""That a country searched, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from corridor.domain.country import Country
from corridor.storage.database import Database
from corridor.storage.hub.tables import resolution
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros


def _counted(dialect: Any) -> Any:
    values = {"asker": bindparam("asker"), "hour": bindparam("hour"), "purpose": bindparam("purpose"), "count": 1}
    once_more = {"count": resolution.c.count + 1}
    insert = dialect.insert(resolution).values(values)
    return insert.on_conflict_do_update(index_elements=["asker", "hour", "purpose"], set_=once_more)


_RECORD = Statement(_counted)


class SqlResolutions:
    """Port `Resolutions` on SQLite and PostgreSQL.

    Args:
        database: of the hub.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, asker: Country, *, purpose: str, at: datetime) -> None:
        """See the port."""
        hour = to_micros(at.replace(minute=0, second=0, microsecond=0))
        async with self._database.transaction() as statements:
            await statements.run(_RECORD, [{"asker": asker, "hour": hour, "purpose": purpose}])
