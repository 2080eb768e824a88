"""A node takes in the lines of an import that was asked for, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from corridor.domain.bulk import BulkJob, JobKind, JobState, Progress, Taken
from corridor.flows.carry_out_export import ATTEMPTS
from corridor.flows.import_records import ImportDesk, Imported, import_records
from corridor.flows.ports.bulk_files import BulkFiles
from corridor.flows.ports.bulk_imports import BulkImports, Lines, Refusal
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class CarryOutImportDesk:
    """What taking in the lines of an import needs; `kept` is how long the job is remembered."""

    jobs: BulkJobs
    imports: BulkImports
    files: BulkFiles
    records: ImportDesk
    clock: Clock
    kept: timedelta


async def carry_out_import(*, desk: CarryOutImportDesk) -> int:
    """One step of the oldest import; 1 where there was one, 0 where nothing waits.

    A step that was cut off is taken once more: what it wrote is then unchanged, so that nothing is written twice.

    Raises:
        UnavailableError: the database or the disk does not answer; the step is begun again later.

    Source: bulk import as servers agree on it, https://github.com/smart-on-fhir/bulk-import
    """
    found = await desk.jobs.attempt(JobKind.IMPORT)
    if found is None:
        return 0
    job, attempts = found
    until = desk.clock.now() + desk.kept
    if attempts > ATTEMPTS:
        await desk.jobs.end(job.id, JobState.FAILED, until=until)
        return 1
    lines = await desk.imports.lines(job)
    progress = await _take(job, lines, desk)
    going = await desk.jobs.advance(job.id, progress)
    if not going:
        await desk.files.remove(job.id)
    elif lines.last:
        await desk.jobs.end(job.id, JobState.DONE, until=until)
    return 1


async def _take(job: BulkJob, lines: Lines, desk: CarryOutImportDesk) -> Progress:
    imported = await import_records(job.asking, [each for _, each in lines.drafts], desk=desk.records)
    refused = [Refusal(lines.drafts[place][0], error) for place, error in imported.refused]
    refusals = sorted([*lines.refusals, *refused], key=lambda each: each.line)
    files = await desk.imports.report(job, refusals)
    return replace(
        lines.progress,
        files=files,
        resources=job.progress.resources + imported.written + imported.unchanged,
        taken=_counted(job, imported, len(refusals)),
    )


def _counted(job: BulkJob, imported: Imported, refused: int) -> tuple[Taken, ...]:
    """The counts of every input so far; those of the current one grow."""
    taken: Sequence[Taken] = job.progress.taken
    part = job.progress.part
    before = taken[part] if part < len(taken) else Taken()
    now = Taken(before.written + imported.written, before.unchanged + imported.unchanged, before.refused + refused)
    return (*taken[:part], now)
