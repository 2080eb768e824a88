"""A node tells the other country what people made of a tie, until it is kept there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.errors import CorridorError
from corridor.domain.trace import Trace
from corridor.flows.end_tie import TELL, TieDesk
from corridor.flows.ports.counterparts import TieName
from corridor.flows.ports.outbox import Message, Outbox

LONGEST_PAUSE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class SpreadTiesDesk:
    """What spreading needs."""

    ties: TieDesk
    outbox: Outbox


async def spread_ties(*, desk: SpreadTiesDesk) -> int:
    """Tell what waits; a country that did not keep it is told again, with growing pauses.

    Returns:
        How many messages were taken up.

    Source: INTEROP section 10.4, recall notice.
    """
    clock = desk.ties.clock
    messages = await desk.outbox.due(TELL, at=clock.now(), limit=10)
    for message in messages:
        try:
            await _tell(message, desk.ties)
        except CorridorError:
            wait = timedelta(seconds=min(LONGEST_PAUSE_SECONDS, 2**message.attempt))
            await desk.outbox.retry(message, at=clock.now() + wait)
        else:
            await desk.outbox.done((message,))
    return len(messages)


async def _tell(message: Message, desk: TieDesk) -> None:
    async with desk.units.begin() as unit:
        tie = await unit.ties.find(message.key)
    if tie is None:
        return
    trace = Trace(message.payload.decode(), "").child()
    named = TieName(tie.name, tie.described)
    await desk.counterparts.became(tie.country, named, tie.state, at=tie.changed_at, trace=trace)
