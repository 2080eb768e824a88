"""A home node puts on record how it answered another country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.presence import KINDS
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.ports.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One request of another country, and what became of it.

    Attributes:
        asker: who asked.
        holder: the country of this node.
        clinician: the asking clinician's pseudonym.
        patient_id: the local person that was meant; empty where nobody here was.
        resource: FHIR type, where one was asked for.
        reason: why nothing leaves; empty where something does.
        presence: how the asking country says that it was shown that the person is there.
    """

    asker: Country
    holder: Country
    purpose: Purpose
    clinician: str
    trace: Trace
    patient_id: str
    resource: str = ""
    reason: str
    presence: str = ""


async def record_answer(answered: Answered, *, unit: Unit, at: datetime) -> None:
    """Keep what happened, and the line for the coordinator; durable when the unit ends.

    Source: IHE BALP, Privacy Disclosure at Source.
    """
    reason, known = answered.reason, bool(answered.patient_id)
    fact = AuditFact(
        kind=AuditKind.REFUSE if reason else AuditKind.ANSWER,
        outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
        at=at,
        trace=answered.trace,
        request_id="",
        agent=answered.clinician,
        role="clinician",
        asker=answered.asker,
        holder=answered.holder,
        purpose=answered.purpose.value,
        patient_ids=(answered.patient_id,) if known else (),
        resource=answered.resource,
        reason=reason,
        presence=answered.presence if answered.presence in KINDS else "",
    )
    decision = Decision.DISCLOSED if not reason else Decision.REFUSED if known else Decision.NOTHING
    route, purpose = (answered.asker, answered.holder), answered.purpose.value
    await unit.audit(fact)
    await unit.report(line(route, reporter=answered.holder, purpose=purpose, decision=decision, at=at))
