"""A node tells those countries again of a withdrawal that did not acknowledge it."""

from __future__ import annotations

from corridor.flows.tell_again import tell_again
from corridor.flows.tell_withdrawal import LATE, SpreadDesk


async def spread_late(*, desk: SpreadDesk) -> int:
    """Tell them again, with growing pauses, until each has kept it.

    Returns:
        How many promises were taken up.

    Source: TRUST section 6, revocation.
    """
    messages = await desk.outbox.due(LATE, at=desk.clock.now(), limit=40)
    await tell_again(messages, desk=desk)
    return len(messages)
