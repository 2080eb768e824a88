"""A node tells every other country of a withdrawal: at once, and who was silent again and again until it answers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, NotFoundError
from corridor.flows.ports.outbox import Message
from corridor.flows.take_back_consents import SPREAD
from corridor.flows.tell_withdrawal import LATE, Notice, SpreadDesk, tell_withdrawal

FIRST_SECONDS = 2.0
"""Patience of the first telling, so that a country that hangs does not hold up what comes next."""

LATE_SECONDS = 10.0
"""Patience of every later one."""

MISSED_PER_HOUR = 240
"""So often one country may have people looked for by coming back."""

_LONGEST_PAUSE_SECONDS = 60


async def spread_withdrawal(*, desk: SpreadDesk) -> int:
    """Tell all countries of what is new, all of it side by side; who is silent is left to `spread_late`.

    Returns:
        How many withdrawals were taken up.

    Source: TRUST section 6, revocation: every reachable node within five seconds.
    """
    messages = await desk.outbox.due(SPREAD, at=desk.clock.now(), limit=10)
    await asyncio.gather(*map(partial(_first, desk=desk), messages))
    return len(messages)


async def spread_late(*, desk: SpreadDesk) -> int:
    """Tell those countries again that were silent, with growing pauses.

    Returns:
        How many promises were taken up.
    """
    messages = await desk.outbox.due(LATE, at=desk.clock.now(), limit=40)
    await _again(messages, desk)
    return len(messages)


async def tell_missed(country: Country, *, desk: SpreadDesk) -> int:
    """Tell one country, that is back, whatever waits for it; how many promises were taken up.

    Raises:
        ThrottledError: it asks again and again and keeps nothing of what it is told.

    Source: ADR 33: who was away hears first and answers then.
    """
    new = await desk.outbox.starting(SPREAD, "", limit=40)
    late = await desk.outbox.starting(LATE, f"{country}/", limit=40)
    if new or late:
        await desk.budgets.spend(f"missed/{country}", 1, limit=MISSED_PER_HOUR, at=desk.clock.now())
    await asyncio.gather(*map(partial(_first, desk=desk), new), _again(late, desk))
    return len(new) + len(late)


async def _first(message: Message, *, desk: SpreadDesk) -> None:
    at = datetime.fromisoformat(message.payload.decode())
    try:
        await tell_withdrawal(Notice(message.key, at, desk.peers.countries(), FIRST_SECONDS), desk=desk)
    except NotFoundError:
        pass  # who was deleted here is known nowhere by this node any more
    except CorridorError:
        await _later([message], desk)
        return
    await desk.outbox.done((message,))


async def _again(messages: Sequence[Message], desk: SpreadDesk) -> None:
    people: dict[str, dict[Country, Message]] = defaultdict(dict)
    for message in messages:
        code, _, patient_id = message.key.partition("/")
        people[patient_id][Country(code)] = message
    await asyncio.gather(*(_person(patient_id, each, desk) for patient_id, each in people.items()))


async def _person(patient_id: str, late: dict[Country, Message], desk: SpreadDesk) -> None:
    at = max(datetime.fromisoformat(each.payload.decode()) for each in late.values())
    try:
        told = await tell_withdrawal(Notice(patient_id, at, late, LATE_SECONDS, again=True), desk=desk)
    except NotFoundError:
        told = frozenset(late)
    except CorridorError:
        told = frozenset()
    await desk.outbox.done(tuple(each for country, each in late.items() if country in told))
    await _later([each for country, each in late.items() if country not in told], desk)


async def _later(messages: Iterable[Message], desk: SpreadDesk) -> None:
    for message in messages:
        pause = timedelta(seconds=min(_LONGEST_PAUSE_SECONDS, 2**message.attempt))
        await desk.outbox.retry(message, at=desk.clock.now() + pause)
