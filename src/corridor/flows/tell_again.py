"""Countries that were silent are told again of withdrawals."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, NotFoundError
from corridor.flows.ports.outbox import Message
from corridor.flows.tell_newly import LONGEST_PAUSE_SECONDS
from corridor.flows.tell_withdrawal import SpreadDesk, WithdrawalNotice, tell_withdrawal

LATE_SECONDS = 10.0
"""Patience with a country that is told again."""


async def tell_again(messages: Sequence[Message], *, desk: SpreadDesk) -> None:
    """Keep promises by `CC/person`, each person looked for once; who is silent still is told later.

    Source: TRUST section 6, revocation.
    """
    people: dict[str, dict[Country, Message]] = defaultdict(dict)
    for message in messages:
        code, _, patient_id = message.key.partition("/")
        people[patient_id][Country(code)] = message
    await asyncio.gather(*(_person(patient_id, each, desk) for patient_id, each in people.items()))


async def _person(patient_id: str, late: Mapping[Country, Message], desk: SpreadDesk) -> None:
    at = max(datetime.fromisoformat(each.payload.decode()) for each in late.values())
    try:
        told = await tell_withdrawal(WithdrawalNotice(patient_id, at, late, LATE_SECONDS, again=True), desk=desk)
    except NotFoundError:
        told = frozenset(late)
    except CorridorError:
        told = frozenset()
    await desk.outbox.done(tuple(each for country, each in late.items() if country in told))
    for country, message in late.items():
        if country not in told:
            pause = timedelta(seconds=min(LONGEST_PAUSE_SECONDS, 2**message.attempt))
            await desk.outbox.retry(message, at=desk.clock.now() + pause)
