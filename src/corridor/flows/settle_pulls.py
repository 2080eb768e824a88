"""A node that starts again puts on record which countries it had asked and did not hear."""

from __future__ import annotations

from corridor.domain.pull import INTERRUPTED, WAITING
from corridor.flows.ask_country import PullDesk
from corridor.flows.close_leg import Ending, close_leg


async def settle_pulls(*, desk: PullDesk) -> int:
    """Close every pull that a stop of this node left open; run before anything is asked anew.

    Returns:
        How many countries were still waited for.

    Source: TRUST invariant 7: no exchange without its end in the log.
    """
    closed = 0
    async with desk.units.begin() as unit:
        for kept in await unit.pulls.waiting():
            for leg in kept.legs:
                if leg.state == WAITING:
                    end = Ending.of_kept(kept, leg.country, INTERRUPTED)
                    await close_leg(end, unit=unit, desk=desk)
                    closed += 1
    return closed
