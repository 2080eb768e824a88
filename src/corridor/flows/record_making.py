"""That something to take along was made for a person, or why not, is put on record."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock


class MakingDesk(Protocol):
    """What recording needs."""

    @property
    def audit(self) -> Audit:
        """The log."""

    @property
    def clock(self) -> Clock:
        """The time."""


async def record_making(
    asking: Asking,
    what: str,
    patient_id: str,
    *,
    desk: MakingDesk,
    error: CorridorError | None = None,
    consent_id: str = "",
) -> None:
    """Put on record who made what for whom; durable when this returns.

    Args:
        asking: the clinician.
        what: such as `health-link shl`.
        patient_id: for whom.
        desk: the ports.
        error: why it was not made.
        consent_id: on which it rests.

    Source: IHE BALP 1.1; TRUST section 1.4.
    """
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.EXPORT,
            outcome=AuditOutcome.FAILURE if error else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=(patient_id,),
            query=what,
            reason=type(error).__name__.removesuffix("Error").lower() if error else "",
            consent_ids=(consent_id,) if consent_id else (),
        )
    )
