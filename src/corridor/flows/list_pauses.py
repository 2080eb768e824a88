"""An auditor or operator sees who may ask nothing for now."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError
from corridor.domain.limits import Pause
from corridor.domain.pausing import check_pause_access
from corridor.flows.lift_pause import PauseDesk
from corridor.flows.record_pause_look import record_pause_look


async def list_pauses(asking: Asking, *, desk: PauseDesk) -> tuple[Pause, ...]:
    """Pauses that nobody lifted yet, oldest first; who looked for them is on record.

    Raises:
        ForbiddenError: only an auditor or operator looks at them; audited first.

    Source: TRUST threat table, row 4.
    """
    refusal: ForbiddenError | None = None
    try:
        check_pause_access(asking.principal)
    except ForbiddenError as error:
        refusal = error
    async with desk.units.begin() as unit:
        found = () if refusal else await unit.pauses.standing()
        reason = "forbidden" if refusal else ""
        await record_pause_look(asking, "pauses", reason=reason, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal
    return found
