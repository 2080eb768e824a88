"""A holder says which questions to the person would settle a tie."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.domain.questions import agreed, to_ask
from corridor.flows.end_tie import TieDesk
from corridor.flows.find_held_tie import find_held_tie
from corridor.flows.ports.counterparts import Offer, TieName

NOTHING = Offer((), ())


async def offer_questions(asker: Country, named: TieName, *, desk: TieDesk) -> Offer:
    """Questions about what did not agree, as far as the register can check them, and the traits that agreed.

    A tie that is not known here, or is broken, gets nothing.

    Source: ADR 32.
    """
    async with desk.units.begin() as unit:
        tie = await find_held_tie(asker, named, unit=unit)
        record = await unit.read("Patient", tie.patient_id) if tie else None
    if tie is None or record is None or record.body is None:
        return NOTHING
    return Offer(
        to_ask(tie.pattern, {each for each, known in desk.answers(record.body).items() if known}), agreed(tie.pattern)
    )
