"""That an operator looked at cards, or ended one, goes on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class CardDesk:
    """What looking after cards needs."""

    units: Units
    clock: Clock


async def record_card_care(
    asking: Asking, done: str, *, unit: Unit, at: datetime, patient_id: str = "", reason: str = ""
) -> None:
    """Keep what was done, or why it was not; durable when the unit ends.

    Args:
        asking: the operator.
        done: such as `cards-listed`.
        unit: in which it is done.
        at: when.
        patient_id: whose card it was, for the log alone.
        reason: why not; empty where it was done.

    Source: IHE BALP 1.1; TRUST threat table, row 4.
    """
    await unit.audit(
        AuditFact(
            kind=AuditKind.PRESENCE,
            outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
            at=at,
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=(patient_id,) if patient_id else (),
            query=done,
            reason=reason,
        )
    )
