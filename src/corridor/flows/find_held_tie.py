"""A holder finds the tie that another country names."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.domain.tie import Side, Tie
from corridor.flows.ports.counterparts import TieName
from corridor.flows.ports.unit import Unit


async def find_held_tie(asker: Country, named: TieName, *, unit: Unit) -> Tie | None:
    """The living tie of that name and description that this country holds.

    Source: ADR 32.
    """
    ties = await unit.ties.named(Side.HOLDER, asker, named.name)
    return next((each for each in ties if each.is_living and each.described == named.described), None)
