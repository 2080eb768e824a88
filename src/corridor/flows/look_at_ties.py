"""What the log keeps of somebody who looked at ties, or was refused to."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome


def look_at_ties(
    asking: Asking,
    reason: str,
    *,
    at: datetime,
    patient_ids: tuple[str, ...] = (),
    outcome: AuditOutcome = AuditOutcome.SUCCESS,
) -> AuditFact:
    """Who looked, at whose ties, and why or why not.

    Source: IHE BALP 1.1; TRUST invariant 7.
    """
    return AuditFact(
        kind=AuditKind.TIE,
        outcome=outcome,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        patient_ids=patient_ids,
        resource="Patient",
        reason=reason,
    )
