"""A programme asks for its own country's records as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from uuid6 import uuid7

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.bulk import TOO_MANY, BulkJob, ExportOrder, JobKind
from corridor.domain.errors import CorridorError, ForbiddenError, InvalidError, NotFoundError, ThrottledError
from corridor.domain.scope import EVERY_TYPE
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.groups import Groups
from corridor.flows.ports.units import Units

NAMED = 500
"""Patients that one audit entry names at most; more are named in further entries."""


@dataclass(frozen=True, slots=True)
class StartExportDesk:
    """What asking for an export needs.

    Attributes:
        limit: jobs that may run at once.
    """

    jobs: BulkJobs
    groups: Groups
    units: Units
    audit: Audit
    clock: Clock
    limit: int


async def start_export(
    asking: Asking, order: ExportOrder, *, request: str, desk: StartExportDesk, narrowed: str = ""
) -> BulkJob:
    """Record who wants what, and keep the job; a worker of the node carries it out.

    The job's `as_of` is taken while nothing else is being written: whatever has an earlier instant is there already.

    Args:
        asking: who asks.
        order: what is wanted; patients of a Group are looked up here.
        request: address that was asked.
        desk: the ports.
        narrowed: its filters and elements as they may be kept in the log, identifier values already replaced.

    Raises:
        ForbiddenError: the role may not export this; audited.
        ThrottledError: too many jobs run; audited.
        NotFoundError: there is no such Group; audited.
        InvalidError: a patient who was named is not here or not in the Group; audited.

    Source: FHIR Bulk Data Access 2.0, export (https://hl7.org/fhir/uv/bulkdata/export.html).
    """
    try:
        _check_access(asking, order)
        await _check_room(desk)
        order = await _resolved(order, desk.groups)
    except CorridorError as error:
        await desk.audit.append(_fact(asking, order, narrowed=narrowed, at=desk.clock.now(), refusal=error))
        raise
    async with desk.units.begin() as unit:
        at = desk.clock.now()
        unknown = await unit.missing([f"Patient/{each}" for each in order.patients or ()]) if not order.group else ()
        refusal = InvalidError("A patient who was named is not here.", ("Parameters.parameter",)) if unknown else None
        for part in _parts(order):
            await unit.audit(_fact(asking, part, narrowed=narrowed, at=at, refusal=refusal))
    if refusal:
        raise refusal
    job = BulkJob(str(uuid7()), JobKind.EXPORT, asking, request, at, order)
    try:
        await desk.jobs.open(job, limit=desk.limit)
    except ThrottledError as error:  # others asked at the same time
        await desk.audit.append(_fact(asking, order, narrowed=narrowed, at=desk.clock.now(), refusal=error))
        raise
    return job


def _check_access(asking: Asking, order: ExportOrder) -> None:
    for resource_type in order.types or (EVERY_TYPE, *(each.resource_type for each in order.filters)):
        check_access(asking.principal, Interaction.EXPORT, resource_type)


async def _check_room(desk: StartExportDesk) -> None:
    if await desk.jobs.running() >= desk.limit:
        raise ThrottledError(TOO_MANY)


async def _resolved(order: ExportOrder, groups: Groups) -> ExportOrder:
    """The order with the patients of its Group, or those of them who were named."""
    if not order.group:
        return order
    members = await groups.members(order.group)
    if members is None:
        raise NotFoundError("There is no such Group here.")
    if order.patients is None:
        return replace(order, patients=members)
    if set(order.patients) - set(members):
        raise InvalidError("A patient who was named is not in the Group.", ("Parameters.parameter",))
    return order


def _parts(order: ExportOrder) -> Iterator[ExportOrder]:
    """The order in parts that name a bounded number of patients each."""
    named = order.patients or ()
    for start in range(0, max(1, len(named)), NAMED):
        yield replace(order, patients=named[start : start + NAMED])


def _fact(
    asking: Asking, order: ExportOrder, *, narrowed: str, at: datetime, refusal: CorridorError | None
) -> AuditFact:
    return AuditFact(
        kind=AuditKind.EXPORT,
        outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=order.patients or (),
        resource=f"Group/{order.group}" if order.group else "",
        query="&".join(each for each in (_told(order), narrowed) if each),
        reason=_REASONS.get(type(refusal), "invalid") if refusal else "",
    )


_REASONS: dict[type, str] = {
    ForbiddenError: "forbidden",
    ThrottledError: "throttled",
    NotFoundError: "unknown-group",
}


def _told(order: ExportOrder) -> str:
    """What was ordered, for the log."""
    said = {
        "of": "patients" if order.compartments or order.patients is not None else "everything",
        "_type": ",".join(order.types),
        "_since": order.since.isoformat() if order.since else "",
        "_until": order.until.isoformat() if order.until else "",
    }
    return "$export?" + "&".join(f"{name}={value}" for name, value in said.items() if value)
