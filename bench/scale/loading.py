"""Fills the tables by COPY: ours with the rows that the node's own builders make, and HAPI's layout with the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bench.home import HOME
from bench.load import BUNDLE
from bench.scale.clones import clones, place_drafts
from bench.scale.hapi_shape import HapiRows
from bench.seals import ring
from corridor.domain.record import Draft
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node.indexing import index
from corridor.storage.node.numbers import Known, Numbers
from corridor.storage.node.ready import Given, Prepared, add_record
from corridor.storage.node.rows import Rows
from corridor.storage.node.sealing import check_sealed
from corridor.storage.seals import Seals

BATCH = 4000
"""Resources in one COPY."""

Told = Callable[[int], None]
"""Hears how many resources more are written."""
Batch = list[Draft]
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
    database, known = Database(url, ring()), Known()
    await check_sealed(database, ring())
    connection = await asyncpg.connect(database.dsn)
    rows = HapiRows() if hapi else None
    written = 0
    try:
        if rows:
            await connection.execute(_sql("hapi_tables.sql"))
        for batch in _batches(resources):
            async with database.transaction() as transaction:
                numbers = Numbers(transaction, known)
                await _write(transaction, numbers, batch, first_key=written + 1, seals=database.seals)
            known.learn(numbers.met)
            if rows:
                await _copy_hapi(connection, _hapi_rows(rows, batch, written + 1))
            written += len(batch)
            told(len(batch))
        if rows:
            await connection.execute(_sql("hapi_indexes.sql"))
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
        await database.close()
    return written


async def _write(transaction: Transaction, numbers: Numbers, batch: Batch, *, first_key: int, seals: Seals) -> None:
    """The rows that a node writes for new resources; only the outbox and the log are left out."""
    rows, keys = Rows(), range(first_key, first_key + len(batch))
    ready = await Prepared(seals, HOME).of(batch)
    found = await index(numbers, [each.found_by for each in ready], keys, rows=rows)
    for key, each, sets in zip(keys, ready, found, strict=True):
        add_record(rows, each, Given(key, 1, _at(key), sets), seals=seals)
    await transaction.fill(rows.by_table)


def _at(key: int) -> datetime:
    """Resources of one transaction share the instant of their writing."""
    return _BEGAN + (key - key % BUNDLE) * _PACE


def _batches(resources: int) -> Iterator[Batch]:
    """Whole records in groups of some thousand resources; the places come first."""
    batch: Batch = place_drafts()
    written = 0
    for each in clones():
        batch += each
        enough = written + len(batch) >= resources
        if enough or len(batch) >= BATCH:
            yield batch
            batch, written = [], written + len(batch)
        if enough:
            return


async def _copy_hapi(connection: Any, rows: HapiTables) -> None:
    for table, each in rows.items():
        await connection.copy_records_to_table(table, records=each)


def _hapi_rows(rows: HapiRows, batch: Batch, first_key: int) -> HapiTables:
    found: HapiTables = {}
    for key, draft in enumerate(batch, first_key):
        for table, each in rows.of(draft, _at(key)).items():
            found.setdefault(table, []).extend(each)
    rows.forget_records()
    return found


def _sql(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
