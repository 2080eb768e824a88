"""What looks like trying names is counted, and whoever does too much of it is paused where others see it."""

from __future__ import annotations

import secrets

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Cost, Pause, Reason, seconds_left
from corridor.domain.log import ASKER_PAUSED
from corridor.domain.purpose import known
from corridor.flows.check_limits import LimitDesk


async def count_or_pause(asking: Asking, reason: Reason, cost: Cost, *, desk: LimitDesk) -> None:
    """Count what looks like trying; whoever does too much of it is paused, and raises.

    That somebody was paused is durable, in the log and on its way to the coordinator, before this raises.

    Raises:
        ThrottledError: the asker was paused.

    Source: TRUST threat table, row 4.
    """
    now = desk.clock.now()
    try:
        await desk.budgets.spend_all([cost], at=now)
    except ThrottledError:
        await _pause(asking, reason, desk=desk)
        raise ThrottledError(retry_seconds=seconds_left(now), reason=Reason.PAUSED.value) from None


async def _pause(asking: Asking, reason: Reason, *, desk: LimitDesk) -> None:
    now, principal = desk.clock.now(), asking.principal
    pause = Pause(secrets.token_hex(16), principal.pseudonym, principal.role.value, reason, now)
    async with desk.units.begin() as unit:
        if not await unit.pauses.begin(pause):
            return
        await unit.audit(
            AuditFact(
                kind=AuditKind.ALARM,
                outcome=AuditOutcome.FAILURE,
                at=now,
                trace=asking.trace,
                request_id=asking.request_id,
                agent=principal.pseudonym,
                role=principal.role.value,
                query=f"pause={pause.id}",
                reason=reason.value,
            )
        )
        route = (desk.home, desk.home)
        purpose = known(principal.purpose)
        await unit.report(line(route, reporter=desk.home, purpose=purpose, decision=Decision.PAUSED, at=now))
    desk.log(ASKER_PAUSED, role=principal.role.value, reason=reason.value)
