"""What was done to show that a person is there goes on record, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.limits import Limits
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.text_messages import TextMessages
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class PresenceDesk:
    """What showing that somebody is there needs.

    Attributes:
        hide: the keyed hash of an answer; who has the database alone cannot try answers against it.
        telephone: the number in a stored Patient, or empty.
        messages: sends codes; None where this node cannot.
        wording: by language, what a telephone shows around a code.
    """

    units: Units
    budgets: Budgets
    clock: Clock
    limits: Limits
    hide: Callable[[str], str]
    telephone: Callable[[bytes], str]
    messages: TextMessages | None
    wording: Mapping[str, str]


async def record_presence(
    asking: Asking, patient_id: str, done: str, *, unit: Unit, desk: PresenceDesk, reason: str = ""
) -> None:
    """Keep what was done, such as `card-made` or `shown=card`; durable when the unit ends.

    Source: IHE BALP 1.1; TRUST threat table, row 4.
    """
    await unit.audit(
        AuditFact(
            kind=AuditKind.PRESENCE,
            outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=(patient_id,),
            query=done,
            reason=reason,
        )
    )
