"""Gives exports and imports what they need: their acts, their routes and their workers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import Door, spoken
from corridor.fhir.group import members
from corridor.fhir.ndjson_line import read_line
from corridor.fhir.search_wanted import Terms
from corridor.flows.cancel_bulk_job import cancel_bulk_job
from corridor.flows.carry_out_export import CarryOutExportDesk, carry_out_export
from corridor.flows.carry_out_import import CarryOutImportDesk, carry_out_import
from corridor.flows.clear_bulk_jobs import clear_bulk_jobs
from corridor.flows.fetch_bulk_file import FetchDesk, fetch_bulk_file
from corridor.flows.import_records import ImportDesk
from corridor.flows.read_bulk_job import read_bulk_job
from corridor.flows.start_export import StartExportDesk, start_export
from corridor.flows.start_import import StartImportDesk, start_import
from corridor.node import bulk as doors
from corridor.node.bulk import Bulk
from corridor.node.national import National
from corridor.storage.node.bulk_exports import SqlBulkExports
from corridor.storage.node.bulk_files import JobFolders
from corridor.storage.node.bulk_imports import FileBulkImports
from corridor.storage.node.bulk_jobs import SqlBulkJobs
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.standing import SqlStanding

Work = Callable[[], Awaitable[int]]
Repeat = Callable[[Work, float], Coroutine[Any, Any, None]]
"""Works as long as there is something to do, then pauses that many seconds."""

LOOK_SECONDS = 0.25
"""Pause after a look that found no job."""

CLEAR_SECONDS = 60.0
"""Pause between two looks for jobs whose time is over."""


class StoredGroups:
    """Port `Groups` on the stored resources."""

    def __init__(self, records: SqlRecords) -> None:
        self._records = records

    async def members(self, group_id: str) -> tuple[str, ...] | None:
        """See the port."""
        record = await self._records.read("Group", group_id)
        return None if record is None or record.body is None else members(record.body)


@dataclass(frozen=True, slots=True)
class BulkWork:
    """What doors ask for, and what workers do about it."""

    doors: Bulk
    export: Work
    take_in: Work
    clear: Callable[..., Awaitable[int]]


def wire_bulk(rooms: NodeRooms, national: National) -> BulkWork:
    """Exports and imports of a node whose rooms are open."""
    storage, clock, settings = rooms.storage, rooms.clock, rooms.settings
    folder, kept = Path(settings.bulk_folder), timedelta(hours=settings.bulk_hours)
    imports_from = Path(settings.import_folder) if settings.import_folder else None
    jobs = SqlBulkJobs(storage.database)
    files = JobFolders(folder, imports_from, seals=storage.database.seals, max_bytes=settings.max_import_bytes)
    fetching = FetchDesk(jobs, files, storage.audit, clock)
    groups = StoredGroups(storage.records)
    exporting = StartExportDesk(jobs, groups, storage.units, storage.audit, clock, settings.bulk_jobs)
    importing = StartImportDesk(jobs, files, storage.audit, clock, settings.bulk_jobs)
    records = ImportDesk(national.store_records, SqlStanding(storage.database))
    line = partial(read_line, source=national.source, zone=national.zone, base=national.base_url)
    lines = FileBulkImports(folder, line, seals=storage.database.seals, max_line_bytes=settings.max_body_bytes)
    exports = SqlBulkExports(storage.database, folder, terms=Terms(national.zone, None, national.base_url))
    return BulkWork(
        Bulk(
            start_export=partial(start_export, desk=exporting),
            start_import=partial(start_import, desk=importing),
            read_job=partial(read_bulk_job, jobs=jobs, clock=clock),
            fetch_file=partial(fetch_bulk_file, desk=fetching),
            cancel_job=partial(cancel_bulk_job, desk=fetching),
        ),
        partial(carry_out_export, desk=CarryOutExportDesk(jobs, exports, files, clock, kept)),
        partial(carry_out_import, desk=CarryOutImportDesk(jobs, lines, files, records, clock, kept)),
        partial(clear_bulk_jobs, jobs=jobs, files=files, clock=clock),
    )


def bulk_routes(work: BulkWork, national: National) -> list[BaseRoute]:
    """The addresses of exports and imports; they stand before those of resources, which would take them for types."""

    def door(act: Callable[..., Awaitable[Response]], **more: str) -> Door:
        return partial(act, national=national, bulk=work.doors, **more)

    system, patient, group = (door(doors.export, level=level) for level in ("system", "patient", "group"))
    return [
        *spoken("/fhir/$export", GET=system, POST=system),
        *spoken("/fhir/Patient/$export", GET=patient, POST=patient),
        *spoken("/fhir/Group/{id}/$export", GET=group, POST=group),
        *spoken("/fhir/$import", POST=door(doors.import_)),
        *spoken("/fhir/$bulk-status/{job}", GET=door(doors.status), DELETE=door(doors.cancel)),
        *spoken("/fhir/$bulk-file/{job}/{name}", GET=door(doors.file)),
    ]


async def start_bulk(work: BulkWork, repeat: Repeat) -> list[asyncio.Task[None]]:
    """Clear away what a kill left behind, then begin; cancel the tasks to end."""
    await work.clear(starting=True)
    works = ((work.export, LOOK_SECONDS), (work.take_in, LOOK_SECONDS), (work.clear, CLEAR_SECONDS))
    return [asyncio.create_task(repeat(each, pause)) for each, pause in works]
