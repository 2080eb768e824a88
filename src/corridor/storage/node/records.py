"""The stored resources, read outside of units."""

from __future__ import annotations

from sqlalchemy import select

from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.lanes import Lanes
from corridor.storage.node import log_search
from corridor.storage.node.hot import hot_reads
from corridor.storage.node.pages import record_of
from corridor.storage.node.search import Searches
from corridor.storage.node.tables import history


class SqlRecords:
    """Port `Records` on SQLite and PostgreSQL.

    Attributes:
        lanes: for whatever else reads the same database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = hot_reads(database)
        self.lanes = Lanes(database)
        self._searches = Searches(database, self.lanes)

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See the port."""
        if "\x00" in id or "\x00" in resource_type:
            return None
        if resource_type == log_search.TYPE:
            return await log_search.read(self._database, id)
        return await self._hot.read(resource_type, id)

    async def read_version(self, resource_type: str, id: str, version: int) -> Record | None:
        """See the port."""
        current = await self.read(resource_type, id)
        if current is None or current.version == version or not 0 < version < current.version:
            return current if current and current.version == version else None
        columns = history.c
        wanted = select(history).where(
            columns.id == id, columns.resource_type == resource_type, columns.version == version
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        return record_of(row, self._database.seals) if row else None

    async def search(self, query: Query) -> Page:
        """See the port."""
        if query.resource_type == log_search.TYPE:
            return await log_search.search(self._database, query, self.lanes)
        return await self._searches.search(query)

    async def close(self) -> None:
        """Let go of the connections for reading."""
        await self._hot.close()
        await self.lanes.close()
