"""A clinician opens one tie: where it stands, what to ask the person, and what flowed under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, NotFoundError
from corridor.domain.tie import Doubt, Flow, Said, Side, Tie, Vote
from corridor.flows.end_tie import TieDesk
from corridor.flows.offer_questions import NOTHING
from corridor.flows.ports.counterparts import Offer, TieName
from corridor.flows.record_refusal import record_refusal


@dataclass(frozen=True, slots=True)
class TieView:
    """One tie as people see it.

    Attributes:
        offer: None where the other country did not answer; nothing where there is nothing to decide.
        said: what came of questions so far, by question.
    """

    tie: Tie
    offer: Offer | None
    said: Mapping[str, Said]
    votes: tuple[Vote, ...]
    flows: tuple[Flow, ...]


async def read_tie(asking: Asking, id: str, *, desk: TieDesk) -> TieView:
    """The tie with everything that people need to decide about it.

    Raises:
        ForbiddenError: the role may not do this; audited first.
        NotFoundError: there is no such tie; audited first.

    Source: ADR 32.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        tie = await unit.ties.find(id)
        if tie is None:
            raise NotFoundError("There is no such tie.")
        said, votes, flows = await unit.ties.answers(id), await unit.ties.votes(id), await unit.ties.flows(id)
    return TieView(tie, await _offer(asking, tie, desk), said, votes, flows)


async def _offer(asking: Asking, tie: Tie, desk: TieDesk) -> Offer | None:
    if tie.side is Side.HOLDER or tie.doubt is Doubt.NONE or not tie.is_living:
        return NOTHING
    named = TieName(tie.name, tie.described)
    try:
        return await desk.counterparts.questions(tie.country, named, trace=asking.trace.child())
    except CorridorError:
        return None
