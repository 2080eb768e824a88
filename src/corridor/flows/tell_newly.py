"""Every other country is told of one withdrawal for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta

from corridor.domain.errors import CorridorError, NotFoundError
from corridor.flows.ports.outbox import Message
from corridor.flows.tell_withdrawal import SpreadDesk, WithdrawalNotice, tell_withdrawal

FIRST_SECONDS = 2.0
"""Patience of the first telling, so that a country that hangs does not hold up what comes next."""

LONGEST_PAUSE_SECONDS = 60


async def tell_newly(message: Message, *, desk: SpreadDesk) -> None:
    """Keep a promise of the outbox; where nobody can be looked for, it is kept later.

    Source: TRUST section 6, revocation.
    """
    at = datetime.fromisoformat(message.payload.decode())
    try:
        await tell_withdrawal(WithdrawalNotice(message.key, at, desk.peers.countries(), FIRST_SECONDS), desk=desk)
    except NotFoundError:
        pass  # who was deleted here is known nowhere by this node any more
    except CorridorError:
        pause = timedelta(seconds=min(LONGEST_PAUSE_SECONDS, 2**message.attempt))
        await desk.outbox.retry(message, at=desk.clock.now() + pause)
        return
    await desk.outbox.done((message,))
