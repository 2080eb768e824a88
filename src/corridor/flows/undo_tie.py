"""Somebody finds that two people are not one: the tie is undone here and, by the outbox, in the other country."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, NotFoundError
from corridor.domain.tie import Flow, TieState
from corridor.flows.end_tie import Change, TieDesk, end_tie
from corridor.flows.record_refusal import record_refusal


async def undo_tie(asking: Asking, id: str, *, desk: TieDesk) -> tuple[Flow, ...]:
    """What had flowed under the tie, oldest first; from now on nothing does, at either side.

    Raises:
        ForbiddenError: the role may not do this; audited first.
        NotFoundError: there is no such tie; audited first.
        ConflictError: it was broken already; audited first.

    Source: INTEROP section 10.4; PMIR ITI-93 answers an unmerge with 405.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        tie = await unit.ties.find(id)
        if tie is None:
            raise NotFoundError("There is no such tie.")
        if not tie.is_living:
            raise ConflictError("The tie was broken before.")
        who = asking.principal
        change = Change(
            state=TieState.UNDONE,
            agent=who.pseudonym,
            role=who.role.value,
            request_id=asking.request_id,
            trace=asking.trace,
            tell=True,
        )
        await end_tie(tie, change, unit=unit, desk=desk)
        return await unit.ties.flows(id)
