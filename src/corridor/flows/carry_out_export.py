"""A node writes the files of an export that was asked for, and goes on where it was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.bulk import JobKind, JobState
from corridor.flows.ports.bulk_exports import BulkExports
from corridor.flows.ports.bulk_files import BulkFiles
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock

ATTEMPTS = 5
"""Times that one step is begun; a job that never gets further is given up."""


@dataclass(frozen=True, slots=True)
class CarryOutExportDesk:
    """What writing the files of an export needs; `kept` is how long they stay."""

    jobs: BulkJobs
    exports: BulkExports
    files: BulkFiles
    clock: Clock
    kept: timedelta


async def carry_out_export(*, desk: CarryOutExportDesk) -> int:
    """One step of the oldest export; 1 where there was one, 0 where nothing waits.

    Raises:
        UnavailableError: the database or the disk does not answer; the step is begun again later.

    Source: FHIR Bulk Data Access 2.0, export (https://hl7.org/fhir/uv/bulkdata/export.html).
    """
    found = await desk.jobs.attempt(JobKind.EXPORT)
    if found is None:
        return 0
    job, attempts = found
    until = desk.clock.now() + desk.kept
    if attempts > ATTEMPTS:
        await desk.jobs.end(job.id, JobState.FAILED, until=until)
        return 1
    progress, finished = await desk.exports.step(job)
    going = await desk.jobs.advance(job.id, progress)
    if not going:
        await desk.files.remove(job.id)
    elif finished:
        await desk.jobs.end(job.id, JobState.DONE, until=until)
    return 1
