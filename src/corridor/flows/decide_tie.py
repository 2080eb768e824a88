"""Two people decide about a tie, each with the person before them."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, NotFoundError
from corridor.domain.tie import Doubt, Side, Tie, TieState, Vote, decided, may_accept
from corridor.flows.end_tie import Change, TieDesk, end_tie
from corridor.flows.ports.unit import Unit
from corridor.flows.record_refusal import record_refusal
from corridor.flows.tell_tie import tell_tie


async def decide_tie(asking: Asking, id: str, *, accepts: bool, desk: TieDesk) -> Tie:
    """The tie after one person's word: two who accept make it, one who does not breaks it; else it waits.

    Durable here with its audit, and promised to the other country, when this returns.

    Raises:
        ForbiddenError: the role may not do this; audited first.
        NotFoundError: there is no such tie; audited first.
        ConflictError: nothing is to be decided, they decided before, or too few answers agree; audited first.

    Source: IDENTITY section 2, grades: probable, two people confirm with the patient.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        tie = await unit.ties.find(id)
        if tie is None:
            raise NotFoundError("There is no such tie.")
        await _vote(asking, tie, accepts=accepts, unit=unit, desk=desk)
        state = decided(await unit.ties.votes(id))
        if state is None:
            at = desk.clock.now()
            voted = replace(tie, agent=asking.principal.pseudonym)
            await unit.audit(
                tell_tie(voted, home=desk.home, trace=asking.trace, at=at, role=asking.principal.role.value)
            )
            return tie
        return await end_tie(tie, _change(asking, state, tie), unit=unit, desk=desk)


async def _vote(asking: Asking, tie: Tie, *, accepts: bool, unit: Unit, desk: TieDesk) -> None:
    if tie.side is not Side.ASKER or tie.doubt is Doubt.NONE or not tie.is_living:
        raise ConflictError("There is nothing to decide about this tie.")
    if accepts and not may_accept(await unit.ties.answers(tie.id)):
        raise ConflictError("Too few of the person's answers agree to accept this tie.")
    if not await unit.ties.vote(tie.id, Vote(asking.principal.pseudonym, accepts, desk.clock.now())):
        raise ConflictError("You decided about this tie before: a second person does.")


def _change(asking: Asking, state: TieState, tie: Tie) -> Change:
    was_accepted = state is TieState.REJECTED and tie.state is TieState.ACCEPTED
    return Change(
        state=TieState.UNDONE if was_accepted else state,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        request_id=asking.request_id,
        trace=asking.trace,
        tell=True,
    )
