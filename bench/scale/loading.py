"""Fills the tables by COPY: ours with the rows that the node's own builders make, and HAPI's layout with the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table

from bench.home import HOME
from bench.scale.clones import clones, place_drafts
from bench.scale.hapi_shape import HapiRows
from corridor.domain.record import Draft
from corridor.fhir.stamp import stamp
from corridor.storage.database import Database
from corridor.storage.node.people import patient_keys
from corridor.storage.node.rows import Rows, add_facts, add_projection, record_row
from corridor.storage.node.tables import person_key, record

BATCH = 4000
"""Resources in one COPY."""

Told = Callable[[int], None]
"""Hears how many resources more are written."""
Batch = list[list[Draft]]
HapiTables = dict[str, list[tuple[object, ...]]]

_HERE = Path(__file__).parent
_BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
_PACE = timedelta(microseconds=125_000)
"""Between two writes, as the ids of the clones say."""


async def load(url: str, resources: int, *, hapi: bool, told: Told) -> int:
    """Fill an empty database of a node with so many resources or a few more; how many there are now.

    Args:
        url: of the database.
        resources: how many at least; the last patient's record is whole.
        hapi: also make and fill the tables of HAPI's layout in the same database.
        told: hears of progress.
    """
    connection = await asyncpg.connect(Database(url).dsn)
    rows = HapiRows() if hapi else None
    written = 0
    try:
        if rows:
            await connection.execute(_sql("hapi_tables.sql"))
        for batch in _batches(resources):
            await _copy(connection, node_rows(batch, first_key=written + 1))
            if rows:
                await _copy_hapi(connection, _hapi_rows(rows, batch, written + 1))
            added = sum(map(len, batch))
            written += added
            told(added)
        if rows:
            await connection.execute(_sql("hapi_indexes.sql"))
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
    return written


def node_rows(batch: Batch, *, first_key: int) -> Rows:
    """The rows that a node writes for new resources; only the outbox and the log are left out."""
    rows = Rows()
    for key, draft in enumerate(chain.from_iterable(batch), first_key):
        at = _at(key)
        body = stamp(draft.head, draft.tail, version=1, at=at)
        rows.add(record, record_row(draft, key=key, version=1, at=at, body=body))
        add_facts(rows, draft, key=key)
        add_projection(rows, draft)
        if draft.resource_type == "Patient":
            for value in patient_keys(body, HOME):
                rows.add(person_key, {"value": value, "patient_id": draft.id})
    return rows


def _at(key: int) -> datetime:
    return _BEGAN + key * _PACE


def _batches(resources: int) -> Iterator[Batch]:
    """Whole records in groups of some thousand resources; the places come first."""
    records: Iterable[list[Draft]] = chain([place_drafts()], clones())
    batch: Batch = []
    waiting = written = 0
    for each in records:
        batch.append(each)
        waiting += len(each)
        enough = written + waiting >= resources
        if enough or waiting >= BATCH:
            yield batch
            batch, waiting, written = [], 0, written + waiting
        if enough:
            return


async def _copy(connection: Any, rows: Rows) -> None:
    for table, each in rows.by_table.items():
        names = [column.name for column in table.columns]
        await _copied(connection, table, [tuple(row.get(name) for name in names) for row in each])


async def _copied(connection: Any, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = [column.name for column in table.columns]
    await connection.copy_records_to_table(table.name, records=rows, columns=columns)


async def _copy_hapi(connection: Any, rows: HapiTables) -> None:
    for table, each in rows.items():
        await connection.copy_records_to_table(table, records=each)


def _hapi_rows(rows: HapiRows, batch: Batch, first_key: int) -> HapiTables:
    found: HapiTables = {}
    for key, draft in enumerate(chain.from_iterable(batch), first_key):
        for table, each in rows.of(draft, _at(key)).items():
            found.setdefault(table, []).extend(each)
    return found


def _sql(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
