"""A node takes in what people in the other country made of a tie."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.domain.tie import BROKEN, NODE, Side, Tie, TieState
from corridor.domain.trace import Trace
from corridor.flows.end_tie import Change, TieDesk, end_tie
from corridor.flows.ports.counterparts import TieName
from corridor.flows.ports.unit import Unit


async def accept_tie_change(
    country: Country, named: TieName, state: TieState, *, trace: Trace, desk: TieDesk
) -> tuple[Tie, ...]:
    """The ties here that changed; a tie that is not known here changes nothing and is not told apart.

    The asker's people accept, reject and undo; the holder may only undo. Durable when this returns.

    Source: INTEROP section 10.4, recall notice; ADR 32.
    """
    async with desk.units.begin() as unit:
        change = Change(state=state, agent=NODE, role=NODE, request_id="", trace=trace, tell=False)
        meant = await _meant(country, named, state, unit=unit)
        return tuple([await end_tie(each, change, unit=unit, desk=desk) for each in meant])


async def _meant(country: Country, named: TieName, state: TieState, *, unit: Unit) -> list[Tie]:
    mine = [each for each in await unit.ties.named(Side.HOLDER, country, named.name) if _may(each, state)]
    exact = [each for each in mine if each.described == named.described]
    # The asker may have corrected its description since: then all that it has under the name is meant.
    held = exact or (mine if state in BROKEN else [])
    asked = await unit.ties.named(Side.ASKER, country, named.name) if state is TieState.UNDONE else ()
    return [*held, *(each for each in asked if each.is_living)]


def _may(tie: Tie, state: TieState) -> bool:
    return state is not TieState.PROPOSED and tie.is_living and tie.state is not state
