"""A holder says which questions to the person would settle a tie."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.domain.questions import agreed, to_ask
from corridor.domain.tie import Side, Tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.ports.counterparts import Offer, TieName
from corridor.flows.ports.unit import Unit

NOTHING = Offer((), ())


async def offer_questions(asker: Country, named: TieName, *, desk: TieDesk) -> Offer:
    """Questions about what did not agree, as far as the register can check them, and the traits that agreed.

    A tie that is not known here, or is broken, gets nothing.

    Source: issue of identity, links with a life; ADR 32.
    """
    async with desk.units.begin() as unit:
        tie = await held(asker, named, unit=unit)
        record = await unit.read("Patient", tie.patient_id) if tie else None
    if tie is None or record is None or record.body is None:
        return NOTHING
    return Offer(
        to_ask(tie.pattern, {each for each, known in desk.answers(record.body).items() if known}), agreed(tie.pattern)
    )


async def held(asker: Country, named: TieName, *, unit: Unit) -> Tie | None:
    """The living tie of that name and description that this country holds."""
    ties = await unit.ties.named(Side.HOLDER, asker, named.name)
    return next((each for each in ties if each.is_living and each.described == named.described), None)
