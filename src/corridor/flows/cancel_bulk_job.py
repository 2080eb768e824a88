"""Whoever asked for an export or an import takes it back, or has done with its files."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.bulk import JobKind, JobState
from corridor.flows.fetch_bulk_file import FetchDesk
from corridor.flows.read_bulk_job import read_bulk_job


async def cancel_bulk_job(asking: Asking, id: str, *, desk: FetchDesk) -> None:
    """End the job and remove its files; what an import has written already stays.

    Raises:
        NotFoundError: no such job, or another account's.

    Source: FHIR Bulk Data Access 2.0, delete request.
    """
    job = await read_bulk_job(asking, id, jobs=desk.jobs, clock=desk.clock)
    now = desk.clock.now()
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.IMPORT if job.kind is JobKind.IMPORT else AuditKind.EXPORT,
            outcome=AuditOutcome.SUCCESS,
            at=now,
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            query=f"cancel job {id}",
        )
    )
    # A running job stays as a cancelled row until a worker has cleared away what its last step still wrote.
    if not await desk.jobs.end(id, JobState.CANCELLED, until=now):
        await desk.jobs.forget(id)
    await desk.files.remove(id)
