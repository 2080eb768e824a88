"""A pull goes on behind its page: each country is on record and shown as soon as it is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from corridor.domain.country import Country
from corridor.domain.history import Answer, History, Silence
from corridor.flows.ask_country import Pull, PullDesk, ask_country
from corridor.flows.close_leg import Ending, close_leg
from corridor.flows.find_handles import find_handles
from corridor.flows.name_former import name_former
from corridor.flows.note_answer import note_answer
from corridor.flows.watch_pull import watch_pull

Heard = Callable[[Answer | Silence], None]
"""Is told of each country in the order in which they are heard."""


async def follow_pull(pull: Pull, heard: Heard, *, desk: PullDesk) -> History:
    """Ask every country; its end is durable before `heard` learns of it.

    Raises:
        UnavailableError: the log cannot be written: what could not be put on record is not told.

    Source: TRUST section 6, partial results; HOUSE section 2.
    """
    handles = await find_handles(pull, desk=desk)

    async def ask(country: Country) -> Answer | Silence:
        one = await ask_country(pull, country, handle=handles.get(country, ""), desk=desk)
        async with desk.units.begin() as unit:
            one = await note_answer(pull, one, unit=unit, desk=desk)
            await close_leg(Ending.of(pull, one), unit=unit, desk=desk)
        heard(one)
        return one

    gone = name_former(desk)
    for silence in gone:
        heard(silence)
    ended = await asyncio.gather(*map(ask, desk.peers.countries()), return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    history = pull.history([*gone, *(one for one in ended if isinstance(one, Answer | Silence))])
    await watch_pull(pull, history, desk=desk)
    return history
