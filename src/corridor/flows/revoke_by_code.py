"""What the code on a person's paper ends, before anything else is done with it."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.link_secrets import digest_of
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.record_knock import AGENT
from corridor.flows.record_link_care import RevokeDesk


async def revoke_by_code(
    code: Secret, done: str, *, trace: Trace, request_id: str, at: datetime, desk: RevokeDesk
) -> tuple[str | None, AuditFact]:
    """End the link that a revocation code belongs to.

    Args:
        code: as the person typed it.
        done: what the log calls it.
        trace: of the request.
        request_id: of the request.
        at: now.
        desk: the ports.

    Returns:
        The person of the code, None where nobody has it; and what the caller puts on record.

    Source: MISSION, whoever gave can take back.
    """
    link = await desk.links.revocable(digest_of(code))
    if link is not None:
        await desk.links.revoke(link.id, at=at)
    fact = AuditFact(
        kind=AuditKind.WITHDRAW,
        outcome=AuditOutcome.SUCCESS if link else AuditOutcome.FAILURE,
        at=at,
        trace=trace,
        request_id=request_id,
        agent=AGENT,
        role="person",
        patient_ids=(link.patient_id,) if link else (),
        query=f"{done} {link.id if link else 'unknown'}",
        reason="" if link else "unknown-code",
    )
    return (link.patient_id if link else None), fact
