"""That somebody looked at a pause goes on record."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.flows.ports.unit import Unit


async def record_pause_look(asking: Asking, looked_at: str, *, reason: str, unit: Unit, at: datetime) -> None:
    """Keep who looked at which pause, or at all of them, and why they may not; durable when the unit ends.

    Source: IHE BALP 1.1; DICOM PS3.15 A.5.3, Audit Log Used.
    """
    await unit.audit(
        AuditFact(
            kind=AuditKind.REVIEW,
            outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
            at=at,
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            query=looked_at,
            reason=reason,
        )
    )
