"""A home node answers a peer that comes back, within its lease, for resources of a person it was given."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Deny
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure, line
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.ports.unit import Projected, Unit
from corridor.flows.select_rows import select_rows
from corridor.flows.serve_history import ServeDesk
from corridor.flows.weigh_consent import Shown, weigh_consent


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """What a peer comes back for.

    Attributes:
        patient: the pseudonym that it was given.
        resource_type: FHIR type wanted.
        clinician: the asking clinician's pseudonym.
    """

    patient: str
    resource_type: str
    clinician: str
    trace: Trace


async def serve_resources(asker: Country, request: ResourceRequest, *, desk: ServeDesk) -> tuple[Projected, ...]:
    """The permitted rows of one type; empty for a stranger, an ended lease and a refusal alike.

    Consent is decided anew from the statement of the lease and everything stored since. Durable before it returns.

    Source: IHE QEDm PCC-44; ADR 7.
    """
    async with desk.units.begin() as unit:
        granted = await unit.granted(asker, request.patient, at=desk.clock.now())
        rows, reason = await _released(asker, request, granted, unit=unit, desk=desk)
        patient_ids = (granted[0],) if granted else ()
        fact, report = _record(asker, request, outcome=(patient_ids, reason), desk=desk)
        await unit.audit(fact)
        await unit.report(report)
    return rows


async def _released(
    asker: Country, request: ResourceRequest, granted: tuple[str, bytes] | None, *, unit: Unit, desk: ServeDesk
) -> tuple[tuple[Projected, ...], str]:
    """The rows that may go, and else why none may."""
    if granted is None:
        return (), "no-lease"
    patient_id, kept = granted
    handle, _, statement = kept.partition(b"\n")
    shown = Shown(asker, Purpose.TREAT, handle.decode("ascii", "replace"), statement)
    now = desk.clock.now()
    decision = await weigh_consent(shown, patient_id, home=desk.home, now=now, unit=unit, statements=desk.statements)
    if isinstance(decision, Deny):
        return (), decision.reason.value
    permitted = select_rows(await unit.projection(patient_id), decision)
    rows = tuple(row for row in permitted if row.resource_type == request.resource_type)
    return rows, "" if rows else "nothing-permitted"


def _record(
    asker: Country, request: ResourceRequest, *, outcome: tuple[tuple[str, ...], str], desk: ServeDesk
) -> tuple[AuditFact, Disclosure]:
    """What goes on record here, and the line for the coordinator."""
    patient_ids, reason = outcome
    now = desk.clock.now()
    fact = AuditFact(
        kind=AuditKind.REFUSE if reason else AuditKind.ANSWER,
        outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
        at=now,
        trace=request.trace,
        request_id="",
        agent=request.clinician,
        role="clinician",
        asker=asker,
        holder=desk.home,
        purpose=Purpose.TREAT.value,
        patient_ids=patient_ids,
        resource=request.resource_type,
        reason=reason,
    )
    decision = Decision.DISCLOSED if not reason else Decision.REFUSED if patient_ids else Decision.NOTHING
    route = (asker, desk.home)
    return fact, line(route, reporter=desk.home, purpose=Purpose.TREAT.value, decision=decision, at=now)
