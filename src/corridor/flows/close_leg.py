"""How one country of a pull ended goes on record: heard, or silent and why."""

from __future__ import annotations

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.history import Answer, Silence
from corridor.domain.pull import ANSWERED, PullRecord
from corridor.domain.trace import trace_of
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.ports.unit import Unit


async def close_leg(pull: Pull, one: Answer | Silence, *, unit: Unit, desk: PullDesk) -> None:
    """Keep the end of one country: the receipt, the line for the coordinator, and what the pull's page shows."""
    silent = one.reason.value if isinstance(one, Silence) else ""
    at = desk.clock.now()
    fact = AuditFact(
        kind=AuditKind.RECEIPT,
        outcome=AuditOutcome.FAILURE if silent else AuditOutcome.SUCCESS,
        at=at,
        trace=pull.asking.trace,
        request_id=pull.asking.request_id,
        agent=pull.asking.principal.pseudonym,
        role=pull.asking.principal.role.value,
        asker=desk.home,
        holder=one.country,
        purpose=pull.purpose.value,
        patient_ids=(pull.patient_id,),
        reason=silent,
    )
    await _record(fact, one.country, unit=unit, desk=desk)
    if pull.id:
        facts = len(one.entries) if isinstance(one, Answer) else 0
        await unit.pulls.close(pull.id, one.country, state=silent or ANSWERED, facts=facts, at=at)


async def close_kept_leg(kept: PullRecord, country: Country, *, state: str, unit: Unit, desk: PullDesk) -> None:
    """The same for a pull of which only the record is left."""
    at = desk.clock.now()
    fact = AuditFact(
        kind=AuditKind.RECEIPT,
        outcome=AuditOutcome.FAILURE,
        at=at,
        trace=trace_of(kept.trace),
        request_id=kept.request_id,
        agent=kept.agent,
        role=kept.role,
        asker=desk.home,
        holder=country,
        purpose=kept.purpose,
        patient_ids=(kept.patient_id,),
        reason=state,
    )
    await _record(fact, country, unit=unit, desk=desk)
    await unit.pulls.close(kept.id, country, state=state, facts=0, at=at)


async def _record(fact: AuditFact, country: Country, *, unit: Unit, desk: PullDesk) -> None:
    decision = Decision.SILENT if fact.reason else Decision.ASKED
    route = (desk.home, country)
    await unit.audit(fact)
    await unit.report(line(route, reporter=desk.home, purpose=fact.purpose, decision=decision, at=fact.at))
