"""A person takes back every consent given so far, here and, by the outbox, in every other country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.take_back_consents import take_back_consents


@dataclass(frozen=True, slots=True)
class WithdrawDesk:
    """What withdrawing needs."""

    units: Units
    clock: Clock


async def withdraw_consent(asking: Asking, patient_id: str, *, desk: WithdrawDesk) -> datetime:
    """The instant from which nothing given before it is valid; durable here and promised to the others.

    Raises:
        ForbiddenError: the role may not do this; audited first.
        NotFoundError: there is no such person here; audited first.

    Source: IHE PCF ITI-108; MISSION, withdrawn anywhere, effective everywhere.
    """
    at = desk.clock.now()
    async with desk.units.begin() as unit:
        reason, refusal = await _refusal(asking, patient_id, unit)
        if refusal is None:
            await take_back_consents(patient_id, at, unit=unit)
        await unit.audit(
            AuditFact(
                kind=AuditKind.WITHDRAW,
                outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
                at=at,
                trace=asking.trace,
                request_id=asking.request_id,
                agent=asking.principal.pseudonym,
                role=asking.principal.role.value,
                patient_ids=(patient_id,),
                reason=reason,
            )
        )
    if refusal:
        raise refusal
    return at


async def _refusal(asking: Asking, patient_id: str, unit: Unit) -> tuple[str, CorridorError | None]:
    """Why it cannot be done, as the log keeps it and as it is told."""
    try:
        check_access(asking.principal, Interaction.UPDATE, "Consent")
    except ForbiddenError as error:
        return "forbidden", error
    patient = await unit.read("Patient", patient_id)
    if patient is None or patient.body is None:
        return "unknown-person", NotFoundError("There is no such person here.")
    return "", None
