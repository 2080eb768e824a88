"""A second look at a clinician's word goes on record, whether or not it was allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.presence import Proof
from corridor.flows.ports.unit import Unit


async def record_attested_look(
    asking: Asking, seen: Sequence[Proof], *, reason: str, failed: bool, unit: Unit, at: datetime
) -> None:
    """Keep who looked at which statements, and what they found or why they may not; durable when the unit ends.

    Source: DICOM PS3.15 A.5.3, Audit Log Used.
    """
    await unit.audit(
        AuditFact(
            kind=AuditKind.REVIEW,
            outcome=AuditOutcome.FAILURE if failed else AuditOutcome.SUCCESS,
            at=at,
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=tuple(sorted({each.patient_id for each in seen})),
            query="&".join(f"presence={each.id}" for each in seen),
            reason=reason,
        )
    )
