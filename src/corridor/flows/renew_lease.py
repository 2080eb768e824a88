"""A holder says whether what it told another country may still be shown there."""

from __future__ import annotations

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.flows.ports.leases import LeaseAsk
from corridor.flows.serve_history import ServeDesk
from corridor.flows.weigh_lease import Leased, weigh_lease


async def renew_lease(asker: Country, ask: LeaseAsk, *, desk: ServeDesk) -> bool:
    """Whether every one of the copies is still permitted; no for a stranger, an ended lease and a refusal alike.

    Nothing is told by it but yes or no; which of them is durable before it is said.

    Source: TRUST section 6, lease of at most 24 hours; ADR 37.
    """
    await desk.contacts.regain()
    async with desk.units.begin() as unit:
        leased = await weigh_lease(asker, ask.name, unit=unit, desk=desk)
        reason = leased.reason or ("" if _has_all(asker, leased, ask, desk=desk) else "narrowed")
        await unit.audit(
            AuditFact(
                kind=AuditKind.REFUSE if reason else AuditKind.ANSWER,
                outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
                at=desk.clock.now(),
                trace=ask.trace,
                request_id="",
                agent=ask.clinician,
                role="clinician",
                asker=asker,
                holder=desk.home,
                purpose=leased.purpose.value,
                patient_ids=(leased.patient_id,) if leased.patient_id else (),
                query="lease",
                reason=reason,
            )
        )
    return not reason


def _has_all(asker: Country, leased: Leased, ask: LeaseAsk, *, desk: ServeDesk) -> bool:
    permitted = {desk.pseudonyms.pseudonym(asker, f"{row.resource_type}/{row.id}") for row in leased.rows}
    return permitted.issuperset(ask.ids)
