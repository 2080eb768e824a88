"""A person takes a health link back alone, with the code on their paper."""

from __future__ import annotations

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.link_secrets import digest_of
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.record_knock import AGENT
from corridor.flows.record_link_care import RevokeDesk


async def take_back_link(code: Secret, *, trace: Trace, request_id: str, desk: RevokeDesk) -> bool:
    """End the link that a revocation code belongs to; False where none does. The code alone is enough.

    Source: MISSION, whoever gave can take back.
    """
    link, now = await desk.links.revocable(digest_of(code)), desk.clock.now()
    if link is not None:
        await desk.links.revoke(link.id, at=now)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.WITHDRAW,
            outcome=AuditOutcome.SUCCESS if link else AuditOutcome.FAILURE,
            at=now,
            trace=trace,
            request_id=request_id,
            agent=AGENT,
            role="person",
            patient_ids=(link.patient_id,) if link else (),
            query=f"health-link-revoke {link.id if link else 'unknown'}",
            reason="" if link else "unknown-code",
        )
    )
    return link is not None
