"""The stored resources, read outside of units."""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.node import log_search
from corridor.storage.node.hot import hot_reads
from corridor.storage.node.search import conditions, cursor_of, page_statement, record_of, total_statement
from corridor.storage.node.tables import history


class SqlRecords:
    """Port `Records` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = hot_reads(database)

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
        return record_of(row) if row else None

    async def search(self, query: Query) -> Page:
        """See the port."""
        if query.resource_type == log_search.TYPE:
            return await log_search.search(self._database, query)
        rows: list[RowMapping] = []
        total: int | None = None
        wanted = conditions(query)
        async with self._database.read() as connection:
            if query.count:
                rows = [*(await connection.execute(page_statement(query, wanted))).mappings()]
            if query.total != "none" or not query.count:
                total = int((await connection.execute(total_statement(wanted))).scalar_one())
        after = cursor_of(query, rows[query.count - 1]) if len(rows) > query.count else ""
        return Page(tuple(record_of(row) for row in rows[: query.count]), total, after)

    async def close(self) -> None:
        """Let go of the connection for reading."""
        await self._hot.close()
