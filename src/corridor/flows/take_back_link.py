"""A person takes a health link back alone, with the code on their paper."""

from __future__ import annotations

from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.record_link_care import RevokeDesk
from corridor.flows.revoke_by_code import revoke_by_code


async def take_back_link(code: Secret, *, trace: Trace, request_id: str, desk: RevokeDesk) -> bool:
    """End the link that a revocation code belongs to; False where none does. The code alone is enough.

    Source: MISSION, whoever gave can take back.
    """
    now = desk.clock.now()
    person, fact = await revoke_by_code(
        code, "health-link-revoke", trace=trace, request_id=request_id, at=now, desk=desk
    )
    await desk.audit.append(fact)
    return person is not None
