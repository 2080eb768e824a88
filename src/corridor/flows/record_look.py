"""A second look at what happened in emergencies goes on record, whether or not it was allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.emergency import Opening
from corridor.domain.purpose import Purpose
from corridor.flows.ports.unit import Unit


async def record_look(
    asking: Asking, seen: Sequence[Opening], *, reason: str, failed: bool, unit: Unit, at: datetime
) -> None:
    """Keep who looked at which openings, and what they found or why they may not; durable when the unit ends.

    Source: DICOM PS3.15 A.5.3, Audit Log Used; TRUST threat table, row 8.
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
            purpose=Purpose.BTG.value,
            patient_ids=tuple(sorted({each.patient_id for each in seen})),
            query="&".join(f"opening={each.id}" for each in seen),
            reason=reason,
        )
    )
