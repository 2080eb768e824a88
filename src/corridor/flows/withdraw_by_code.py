"""A person takes every consent back alone, with the code on their paper."""

from __future__ import annotations

from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.record_link_care import RevokeDesk
from corridor.flows.revoke_by_code import revoke_by_code
from corridor.flows.take_back_consents import take_back_consents


async def withdraw_by_code(code: Secret, *, trace: Trace, request_id: str, desk: RevokeDesk) -> bool:
    """Take back everything that the person of a revocation code consented to; False where nobody has that code.

    The code is enough: it can end what others may see, and open nothing. Here it holds when this returns, and every
    other country is told as of any withdrawal. The link of the code ends as well.

    Source: MISSION, whoever gave can take back; ADR 37.
    """
    now = desk.clock.now()
    person, fact = await revoke_by_code(code, "every-consent", trace=trace, request_id=request_id, at=now, desk=desk)
    async with desk.units.begin() as unit:
        if person is not None:
            await take_back_consents(person, now, unit=unit)
        await unit.audit(fact)
    return person is not None
