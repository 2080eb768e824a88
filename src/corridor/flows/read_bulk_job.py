"""Whoever asked for an export or an import asks how far it is."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, JobState
from corridor.domain.errors import NotFoundError, UnavailableError
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock


async def read_bulk_job(asking: Asking, id: str, *, jobs: BulkJobs, clock: Clock) -> BulkJob:
    """The job, running or done; it tells counts and no record, so that a question is not audited.

    Raises:
        NotFoundError: no such job, another account's, cancelled, or its time is over; all look alike.
        UnavailableError: the job was given up.

    Source: FHIR Bulk Data Access 2.0, status request.
    """
    job = await jobs.read(id)
    if job is None or job.asking.principal.pseudonym != asking.principal.pseudonym:
        raise NotFoundError("There is no such job.")
    if job.state is JobState.CANCELLED or (job.until and job.until <= clock.now()):
        raise NotFoundError("There is no such job.")
    if job.state is JobState.FAILED:
        raise UnavailableError("The job was given up after several attempts; ask for it again.")
    return job
