"""A clinician sees which ties wait for a person's own word."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.tie import Tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.look_at_ties import look_at_ties
from corridor.flows.record_refusal import record_refusal


async def list_doubts(asking: Asking, *, desk: TieDesk) -> tuple[Tie, ...]:
    """Ties that people have to look at, oldest first; who looked is on record.

    Raises:
        ForbiddenError: the role may not do this; audited first.

    Source: ADR 32.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        found = await unit.ties.doubtful()
        people = tuple(dict.fromkeys(each.patient_id for each in found))
        await unit.audit(look_at_ties(asking, "tie-queue", at=desk.clock.now(), patient_ids=people))
        return found
