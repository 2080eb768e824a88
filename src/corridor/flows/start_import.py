"""A programme asks its node to take in ndjson files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from uuid6 import uuid7

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.bulk import TOO_MANY, BulkJob, ImportInput, ImportOrder, JobKind
from corridor.domain.errors import CorridorError, ForbiddenError, ThrottledError
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.bulk_files import BulkFiles
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class StartImportDesk:
    """What asking for an import needs.

    Attributes:
        limit: jobs that may run at once.
    """

    jobs: BulkJobs
    files: BulkFiles
    audit: Audit
    clock: Clock
    limit: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken in: files by address, every file of a folder, or an upload.

    Attributes:
        source: address of a folder, or empty.
        upload: the body of the request as it comes in, or None.
    """

    inputs: Sequence[ImportInput] = ()
    source: str = ""
    upload: AsyncIterator[bytes] | None = None


async def start_import(asking: Asking, wanted: Wanted, *, request: str, desk: StartImportDesk) -> BulkJob:
    """Record who brings what, and keep the job; a worker of the node carries it out.

    Raises:
        ForbiddenError: the role may not import; audited, and nothing of an upload is read.
        ThrottledError: too many jobs run; audited likewise.
        InvalidError: an address is none of a file in the import folder; audited.
        TooLargeError: the upload is larger than this node takes in at once; audited.

    Source: bulk import as servers agree on it, https://github.com/smart-on-fhir/bulk-import
    """
    id, at = str(uuid7()), desk.clock.now()  # noqa: A001  # FHIR's word
    try:
        check_access(asking.principal, Interaction.IMPORT, "Patient")
        if await desk.jobs.running() >= desk.limit:
            raise ThrottledError(TOO_MANY)
        inputs = await _inputs(id, wanted, desk.files)
    except CorridorError as error:
        await desk.audit.append(_fact(asking, wanted, desk=desk, refusal=error))
        raise
    await desk.audit.append(_fact(asking, wanted, desk=desk, refusal=None))
    job = BulkJob(id, JobKind.IMPORT, asking, request, at, ImportOrder(inputs))
    try:
        await desk.jobs.open(job, limit=desk.limit)
    except ThrottledError as error:  # others asked at the same time
        await desk.files.remove(id)
        await desk.audit.append(_fact(asking, wanted, desk=desk, refusal=error))
        raise
    return job


async def _inputs(id: str, wanted: Wanted, files: BulkFiles) -> tuple[ImportInput, ...]:
    if wanted.upload is not None:
        return (await files.receive(id, wanted.upload),)
    return await files.inputs(wanted.inputs, wanted.source)


def _fact(asking: Asking, wanted: Wanted, *, desk: StartImportDesk, refusal: CorridorError | None) -> AuditFact:
    named = [wanted.source, *(each.url for each in wanted.inputs)]
    reasons: dict[type, str] = {ForbiddenError: "forbidden", ThrottledError: "throttled"}
    return AuditFact(
        kind=AuditKind.IMPORT,
        outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        query="$import " + ("an upload" if wanted.upload is not None else " ".join(each for each in named if each)),
        reason=reasons.get(type(refusal), "invalid") if refusal else "",
    )
