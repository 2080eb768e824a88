"""A person takes back every consent given so far, here and, by the outbox, in every other country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Withdrawal
from corridor.domain.errors import NotFoundError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class WithdrawDesk:
    """What withdrawing needs."""

    units: Units
    clock: Clock


async def withdraw_consent(asking: Asking, patient_id: str, *, desk: WithdrawDesk) -> datetime:
    """The instant from which nothing given before it is valid; durable here and promised to the others.

    Raises:
        ForbiddenError: the role may not do this.
        NotFoundError: there is no such person here.

    Source: IHE PCF ITI-108; MISSION, withdrawn anywhere, effective everywhere.
    """
    check_access(asking.principal, Interaction.UPDATE, "Consent")
    at = desk.clock.now()
    async with desk.units.begin() as unit:
        patient = await unit.read("Patient", patient_id)
        known = patient is not None and patient.body is not None
        if known:
            await unit.withdraw(patient_id, Withdrawal(at))
            await unit.queue("withdraw", patient_id, at.isoformat().encode())
        await unit.audit(
            AuditFact(
                kind=AuditKind.WITHDRAW,
                outcome=AuditOutcome.SUCCESS if known else AuditOutcome.FAILURE,
                at=at,
                trace=asking.trace,
                request_id=asking.request_id,
                agent=asking.principal.pseudonym,
                role=asking.principal.role.value,
                patient_ids=(patient_id,),
                reason="" if known else "unknown-person",
            )
        )
    if not known:
        raise NotFoundError("There is no such person here.")
    return at
