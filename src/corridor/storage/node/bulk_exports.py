"""Exports: rows out of the database and into files, in a thread of their own with a connection of their own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

import asyncpg
import msgspec

from corridor.domain.bulk import BulkJob, ExportOrder, Progress, Section
from corridor.domain.errors import UnavailableError
from corridor.fhir.bulk_manifest import deletion
from corridor.fhir.search_wanted import Terms
from corridor.fhir.subset import Subset
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.bulk_filters import Filters
from corridor.storage.node.bulk_rows import page
from corridor.storage.node.ndjson_files import NdjsonFiles, one_line
from corridor.storage.node.sealed_files import job_key
from corridor.storage.reads import PostgresReader, Reader, SqliteReader
from corridor.storage.statements import Row

STEP_SECONDS = 0.5
"""A step ends with the page after which this time is over: so often a job's progress is kept, and so soon it stops."""

Unpack = Callable[[bytes, str, str | None], bytes]
_UTC = Terms()


class SqlBulkExports:
    """Port `BulkExports` on SQLite and PostgreSQL.

    Args:
        database: of the node; only its address and its seals are used.
        folder: in which each job has a folder of its own.
        terms: how the values of filters are read.
        step_seconds: after which a step ends.
    """

    def __init__(
        self, database: Database, folder: Path, *, terms: Terms = _UTC, step_seconds: float = STEP_SECONDS
    ) -> None:
        self._reader: Callable[[], Reader] = lambda: (
            SqliteReader(database.path) if database.is_sqlite else PostgresReader(database.dsn)
        )
        self._folder = folder
        self._seals = database.seals
        self._terms = terms
        self._step_seconds = step_seconds

    async def step(self, job: BulkJob) -> tuple[Progress, bool]:
        """See the port."""
        return await asyncio.to_thread(lambda: asyncio.run(self._step(job)))

    async def _step(self, job: BulkJob) -> tuple[Progress, bool]:
        reader = self._reader()
        try:
            await self._seals.prepare([job_key(job.id)])
            kept = NdjsonFiles(self._folder / job.id, job.progress.files, seals=self._seals, key=job_key(job.id))
            with kept as files:
                return await self._fill(reader, files, job)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error, OSError) as error:
            raise UnavailableError("The database or the disk does not answer.") from error
        finally:
            await reader.close()

    async def _fill(self, reader: Reader, files: NdjsonFiles, job: BulkJob) -> tuple[Progress, bool]:
        order = job.order if isinstance(job.order, ExportOrder) else ExportOrder()
        filters = Filters(order, msgspec.structs.replace(self._terms, now=job.as_of), self._seals)
        position, written, last = job.progress.position, 0, False
        unpack, until = bodies.unpacker(self._seals), monotonic() + self._step_seconds
        while not last:
            found = await page(reader, job, filters, position=position)
            written += _write(files, found.rows, _sent(order, unpack))
            position, last = found.position, found.last
            if monotonic() > until:
                break
        progress = replace(
            job.progress, position=position, resources=job.progress.resources + written, files=files.settled()
        )
        return progress, last


def _sent(order: ExportOrder, unpack: Unpack) -> Callable[[Row], bytes]:
    """What is written of a living row."""
    if not order.elements:
        return lambda row: unpack(row["body"], row["id"], row["patient_id"])
    return lambda row: Subset(elements=order.elements_of(row["resource_type"])).of(
        unpack(row["body"], row["id"], row["patient_id"])
    )


def _write(files: NdjsonFiles, rows: Sequence[Row], sent: Callable[[Row], bytes]) -> int:
    lines: dict[str, list[bytes]] = defaultdict(list)
    gone: dict[str, list[bytes]] = defaultdict(list)
    for row in rows:
        kind = row["resource_type"]
        if row["body"] is None:
            gone[kind].append(deletion(kind, row["id"]))
        else:
            lines[kind].append(sent(row))
    for kind, found in lines.items():
        files.add(Section.OUTPUT, kind, one_line(found))
    for kind, found in gone.items():
        files.add(Section.DELETED, kind, found)
    return len(rows)
