"""Taking in transactions on HAPI's layout: the least that its server asks of PostgreSQL for each.

Everything before the database is granted to it: resources are read, validated and taken apart beforehand, and their
rows lie ready. Timed are the look for what exists already and the inserts, table by table, in one transaction a
Bundle; its sequences and its search cache are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.scale.hapi_shape import TABLES, HapiRows, Row
from corridor.domain.record import Draft

_EXISTING = "SELECT res_id, res_type, fhir_id FROM hfj_resource WHERE fhir_id = ANY($1)"
_LAST = """
SELECT (SELECT max(res_id) FROM hfj_resource),
       greatest((SELECT max(sp_id) FROM hfj_spidx_token), (SELECT max(pid) FROM hfj_res_link),
                (SELECT max(sp_id) FROM hfj_spidx_string), (SELECT max(sp_id) FROM hfj_spidx_date),
                (SELECT max(sp_id) FROM hfj_spidx_quantity))
"""
_PLACES = """
SELECT res_type || '/' || fhir_id, res_id FROM hfj_resource WHERE res_type IN ('Organization', 'Practitioner')
"""

Ready = tuple[Sequence[str], Mapping[str, Sequence[Row]]]
"""Ids of a Bundle's resources, and the rows of all of them by table."""


@dataclass(slots=True)
class HapiWrites:
    """Connections on which Bundles are written.

    Attributes:
        rows: makes rows; its numbers begin where those in the tables end.
    """

    connections: asyncio.LifoQueue[Any]
    rows: HapiRows

    def ready(self, drafts: Sequence[Draft]) -> Ready:
        """The rows of one Bundle."""
        at = datetime.now(UTC)
        found: dict[str, list[Row]] = {name: [] for name in TABLES}
        for draft in drafts:
            for table, each in self.rows.of(draft, at).items():
                found[table] += each
        return [draft.id for draft in drafts], found

    async def write(self, bundle: Ready, *, together: bool) -> None:
        """Write one Bundle; durable when this returns.

        Args:
            bundle: rows that lie ready.
            together: send the rows of one table at once, as a JDBC driver does within a batch, or wait for each.
        """
        names, rows = bundle
        connection = await self.connections.get()
        try:
            async with connection.transaction():
                await connection.fetch(_EXISTING, names)
                for table, each in rows.items():
                    if each:
                        await _insert(connection, _insertion(table, len(each[0])), each, together=together)
        finally:
            self.connections.put_nowait(connection)

    async def close(self) -> None:
        """Let go of every connection."""
        while not self.connections.empty():
            await self.connections.get_nowait().close()


async def open_hapi_writes(dsn: str, *, connections: int) -> HapiWrites:
    """So many connections to tables that are filled."""
    opened: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
    for _ in range(connections):
        opened.put_nowait(await asyncpg.connect(dsn))
    connection = opened.get_nowait()
    last_resource, last_row = await connection.fetchrow(_LAST)
    places = {row[0]: row[1] for row in await connection.fetch(_PLACES)}
    opened.put_nowait(connection)
    return HapiWrites(opened, HapiRows(last_resource, last_row, places))


async def _insert(connection: Any, statement: str, rows: Sequence[Row], *, together: bool) -> None:
    if together:
        await connection.executemany(statement, rows)
        return
    for row in rows:
        await connection.fetch(statement, *row)


def _insertion(table: str, columns: int) -> str:
    places = ", ".join(f"${place}" for place in range(1, columns + 1))
    return f"INSERT INTO {table} VALUES ({places})"  # noqa: S608  # names of our own tables
