"""A node tells every other country of a withdrawal at once."""

from __future__ import annotations

import asyncio
from functools import partial

from corridor.flows.take_back_consents import SPREAD
from corridor.flows.tell_newly import tell_newly
from corridor.flows.tell_withdrawal import SpreadDesk


async def spread_withdrawal(*, desk: SpreadDesk) -> int:
    """Tell all countries of what is new, all of it side by side; who is silent is left to `spread_late`.

    Returns:
        How many withdrawals were taken up.

    Source: TRUST section 6, revocation: every reachable node within five seconds.
    """
    messages = await desk.outbox.due(SPREAD, at=desk.clock.now(), limit=10)
    await asyncio.gather(*map(partial(tell_newly, desk=desk), messages))
    return len(messages)
