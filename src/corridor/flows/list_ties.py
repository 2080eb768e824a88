"""A clinician sees with whom abroad a person here is tied, or was."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.tie import Tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.look_at_ties import look_at_ties
from corridor.flows.record_refusal import record_refusal


async def list_ties(asking: Asking, patient_id: str, *, desk: TieDesk) -> tuple[Tie, ...]:
    """Every tie of the person, newest first, undone ones too; who looked is on record.

    Raises:
        ForbiddenError: the role may not do this; audited first.

    Source: ADR 32.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        found = await unit.ties.of(patient_id)
        people = (patient_id,) if found else ()
        await unit.audit(look_at_ties(asking, "tie-list", at=desk.clock.now(), patient_ids=people))
        return found
