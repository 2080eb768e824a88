"""Whoever asked for an export fetches one of its files."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.bulk import BulkFile, BulkJob, ExportOrder, JobKind, JobState
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.bulk_files import BulkFiles
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.stored_file import StoredFile
from corridor.flows.read_bulk_job import read_bulk_job


@dataclass(frozen=True, slots=True)
class FetchDesk:
    """What fetching a file needs."""

    jobs: BulkJobs
    files: BulkFiles
    audit: Audit
    clock: Clock


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that may be sent: the job it is of, what it is, and what stands in it."""

    job: BulkJob
    file: BulkFile
    content: StoredFile


async def fetch_bulk_file(asking: Asking, id: str, *, name: str, desk: FetchDesk) -> Fetched:
    """A file of a job that is done; who fetched it is durable before a byte of it leaves.

    Raises:
        ForbiddenError: the role may not do this any more; audited.
        NotFoundError: no such job or file, another account's, or its time is over; audited.

    Source: FHIR Bulk Data Access 2.0, output file request.
    """
    found: Fetched | None = None
    refusal: CorridorError | None = None
    try:
        found = await _find(asking, (id, name), desk)
    except (ForbiddenError, NotFoundError) as error:
        refusal = error
    await desk.audit.append(_fact(asking, (id, name), found=found, desk=desk))
    if found is None:
        raise refusal or NotFoundError("There is no such file.")
    return found


async def _find(asking: Asking, wanted: tuple[str, str], desk: FetchDesk) -> Fetched | None:
    id, name = wanted  # noqa: A001  # FHIR's word
    job = await read_bulk_job(asking, id, jobs=desk.jobs, clock=desk.clock)
    check_access(asking.principal, Interaction(job.kind.value), "Patient")
    if job.state is not JobState.DONE:
        return None
    file = next((each for each in job.progress.files if each.name == name), None)
    return Fetched(job, file, await desk.files.open(id, name)) if file else None


def _fact(asking: Asking, wanted: tuple[str, str], *, found: Fetched | None, desk: FetchDesk) -> AuditFact:
    order = found.job.order if found else None
    imported = found is not None and found.job.kind is JobKind.IMPORT
    return AuditFact(
        kind=AuditKind.IMPORT if imported else AuditKind.EXPORT,
        outcome=AuditOutcome.SUCCESS if found else AuditOutcome.FAILURE,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        resource=f"Group/{order.group}" if isinstance(order, ExportOrder) and order.group else "",
        query=f"file {wanted[1]} of job {wanted[0]}",
    )
