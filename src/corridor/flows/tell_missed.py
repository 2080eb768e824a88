"""A country that was away is told what it missed, before it tells anybody anything."""

from __future__ import annotations

import asyncio
from functools import partial

from corridor.domain.country import Country
from corridor.flows.take_back_consents import SPREAD
from corridor.flows.tell_again import tell_again
from corridor.flows.tell_newly import tell_newly
from corridor.flows.tell_withdrawal import LATE, SpreadDesk

MISSED_PER_HOUR = 240
"""So often one country may have people looked for by coming back."""

_MOST = 40


async def tell_missed(country: Country, *, tell: bool, desk: SpreadDesk) -> int:
    """How many withdrawals that country has not acknowledged, after it was told of them where that is wanted.

    Raises:
        ThrottledError: it asks again and again and keeps nothing of what it is told.

    Source: ADR 37: who was away hears first and answers then.
    """
    new = await desk.outbox.starting(SPREAD, "", limit=_MOST)
    late = await desk.outbox.starting(LATE, f"{country}/", limit=_MOST)
    if not tell or not (new or late):
        return len(new) + len(late)
    await desk.budgets.spend(f"missed/{country}", 1, limit=MISSED_PER_HOUR, at=desk.clock.now())
    await asyncio.gather(*map(partial(tell_newly, desk=desk), new), tell_again(late, desk=desk))
    return len(await desk.outbox.starting(LATE, f"{country}/", limit=_MOST))
