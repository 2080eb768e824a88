"""A person takes every consent back alone, with the code on their paper."""

from __future__ import annotations

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.link_secrets import digest_of
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.record_knock import AGENT
from corridor.flows.record_link_care import RevokeDesk
from corridor.flows.take_back_consents import take_back_consents


async def withdraw_by_code(code: Secret, *, trace: Trace, request_id: str, desk: RevokeDesk) -> bool:
    """Take back everything that the person of a revocation code consented to; False where nobody has that code.

    The code is enough: it can end what others may see, and open nothing. Here it holds when this returns, and every
    other country is told as of any withdrawal. The link of the code ends as well.

    Source: MISSION, whoever gave can take back; ADR 37.
    """
    link, now = await desk.links.revocable(digest_of(code)), desk.clock.now()
    if link is not None:
        await desk.links.revoke(link.id, at=now)
    async with desk.units.begin() as unit:
        if link is not None:
            await take_back_consents(link.patient_id, now, unit=unit)
        await unit.audit(
            AuditFact(
                kind=AuditKind.WITHDRAW,
                outcome=AuditOutcome.SUCCESS if link else AuditOutcome.FAILURE,
                at=now,
                trace=trace,
                request_id=request_id,
                agent=AGENT,
                role="person",
                patient_ids=(link.patient_id,) if link else (),
                query=f"every-consent {link.id if link else 'unknown'}",
                reason="" if link else "unknown-code",
            )
        )
    return link is not None
