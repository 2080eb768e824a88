"""A home node answers a peer that comes back, within its lease, for resources of a person it was given."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Permit, decide
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import CorridorError
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.ports.units import Projected, Unit
from corridor.flows.serve_history import ServeDesk, permitted_rows


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
    now = desk.clock.now()
    rows: tuple[Projected, ...] = ()
    async with desk.units.begin() as unit:
        granted = await unit.granted(asker, request.patient, at=now)
        if granted:
            decision = await _decide(asker, granted, unit=unit, desk=desk)
            if isinstance(decision, Permit):
                permitted = permitted_rows(await unit.projection(granted[0]), decision)
                rows = tuple(row for row in permitted if row.resource_type == request.resource_type)
        await unit.audit(
            AuditFact(
                kind=AuditKind.ANSWER if rows else AuditKind.REFUSE,
                outcome=AuditOutcome.SUCCESS if rows else AuditOutcome.FAILURE,
                at=now,
                trace=request.trace,
                request_id="",
                agent=request.clinician,
                role="clinician",
                asker=asker,
                holder=desk.home,
                purpose=Purpose.TREAT.value,
                patient_ids=(granted[0],) if granted else (),
                resource=request.resource_type,
                reason="" if rows else "nothing-permitted",
            )
        )
        outcome = Decision.DISCLOSED if rows else Decision.REFUSED if granted else Decision.NOTHING
        route = (asker, desk.home)
        await unit.report(line(route, reporter=desk.home, purpose=Purpose.TREAT.value, decision=outcome, at=now))
    return rows


async def _decide(asker: Country, granted: tuple[str, bytes], *, unit: Unit, desk: ServeDesk) -> object:
    patient_id, kept = granted
    handle, _, statement = kept.partition(b"\n")
    try:
        travelling = desk.statements.read(statement, handle=handle.decode("ascii"), asker=asker)
    except (CorridorError, UnicodeDecodeError):
        return None
    ask = Ask(asker, desk.home, Purpose.TREAT, frozenset(Category))
    stored = (travelling, *await unit.consents(patient_id))
    return decide(stored, ask, desk.clock.now(), withdrawals=await unit.withdrawals(patient_id))
