"""Writing everything that a base holds to ndjson files: resources a second, processor time, and memory meanwhile.

The records of the demo's people are put into the table of records over and over, each time under new ids; then one
export of everything runs step by step, as a node's worker runs it, each step durable with how far it is.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import select

from bench.databases import KINDS, Databases
from bench.figures import Figure, Goal
from bench.home import open_home
from bench.load import bundles
from bench.processes import resident_megabytes
from bench.seals import ring
from bench.size import Size
from bench.stages import drafted
from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ExportOrder, JobKind
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.bulk_exports import SqlBulkExports
from corridor.storage.node.tables import record
from corridor.storage.statements import Row

SPEED = Goal(50_000, least=True)
"""Resources a second."""

MEMORY = Goal(32)
"""Megabytes by which the process grows, however much is exported."""

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_JOB = "00000000-0000-4000-8000-{:012d}"


@dataclass(frozen=True, slots=True)
class _Run:
    """What one export took: seconds, seconds of processor time, and megabytes that the process grew."""

    elapsed: float
    processor: float
    grown: float


async def bench_export(databases: Databases, size: Size) -> list[Figure]:
    """Resources a second on both databases, with the processor time of each and what the process grew by."""
    figures: list[Figure] = []
    for kind in KINDS:
        url, count = await _fill(databases, kind, size)
        database = Database(url, ring())
        with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
            exports = SqlBulkExports(database, Path(folder))
            runs = [await _run(exports, number) for number in range(size.rounds + 1)]
        await database.close()
        figures += _told(_NAMES[kind], count, runs)
    return figures


def _told(name: str, count: int, runs: list[_Run]) -> Iterator[Figure]:
    """The first run warms caches; only what it made the process grow by is counted."""
    elapsed, processor = median(run.elapsed for run in runs[1:]), median(run.processor for run in runs[1:])
    figure = partial(Figure, "export")
    yield figure(f"{name}, {count} resources", count / elapsed, "resources/s", SPEED)
    yield figure(f"{name}, our process", processor / count * 1e6, "µs CPU a resource")
    yield figure(f"{name}, memory", max(run.grown for run in runs), "MB grown", MEMORY)


async def _run(exports: SqlBulkExports, number: int) -> _Run:
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    job = BulkJob(_JOB.format(number), JobKind.EXPORT, asking, "", datetime.now(UTC), ExportOrder())
    before, most, last = resident_megabytes(os.getpid()), 0.0, False
    started, processor = perf_counter(), process_time()
    while not last:
        progress, last = await exports.step(job)
        job = replace(job, progress=progress)
        most = max(most, resident_megabytes(os.getpid()))
    return _Run(perf_counter() - started, process_time() - processor, most - before)


async def _fill(databases: Databases, kind: str, size: Size) -> tuple[str, int]:
    """A base with copies of some records; its address, and how many resources there are."""
    url = await databases.fresh(kind)
    async with open_home(url) as home:
        for each in bundles(size.bundles):
            async with home.units.begin() as unit:
                await unit.write(drafted([each]), at=datetime.now(UTC))
    database = Database(url, ring())
    async with database.read() as connection:
        rows = [dict(row) for row in (await connection.execute(select(record))).mappings()]
    copies = max(2, size.turns // 2)
    for turn in range(1, copies):
        async with database.transaction() as transaction:
            await transaction.fill({record: [_copied(row, turn, len(rows)) for row in rows]})
    await database.close()
    return url, len(rows) * copies


def _copied(row: Row, turn: int, apart: int) -> Row:
    """A record once more, under a new key and id; what search needs is not exported and not copied."""
    fresh, person = f"{row['id']}-{turn}", row["patient_id"]
    body = bodies.unpack_row(row, ring()).replace(row["id"].encode(), fresh.encode())
    packed = bodies.pack_record(body, id=fresh, patient_id=person, seals=ring())
    return {**row, "key": row["key"] + apart * turn, "id": fresh, "body": packed}
