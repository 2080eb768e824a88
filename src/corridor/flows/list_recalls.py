"""A clinician sees which copies that they received are recalled."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.recall import SHOWN, Recall, recalled
from corridor.flows.look_at_ties import look_at_ties
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.units import Units
from corridor.flows.record_refusal import record_refusal


@dataclass(frozen=True, slots=True)
class RecallDesk:
    """What recalling needs."""

    units: Units
    clock: Clock


async def list_recalls(asking: Asking, *, desk: RecallDesk) -> tuple[Recall, ...]:
    """What this clinician pulled and should not use any more, newest notice first; that they looked is on record.

    Raises:
        ForbiddenError: the role does not pull; audited first.

    Source: INTEROP section 10, recall notice; ADR 37.
    """
    now = desk.clock.now()
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.PULL, "Patient")
        pulled = await unit.ties.flows_of(asking.principal.pseudonym, since=now - 2 * SHOWN)
        people = sorted({tie.patient_id for tie, _ in pulled})
        taken_back = {each: max((one.at for one in await unit.withdrawals(each)), default=None) for each in people}
        found = [recalled(tie, flow, withdrawn_at=taken_back[tie.patient_id]) for tie, flow in pulled]
        notices = [each for each in found if each is not None and each.at >= now - SHOWN]
        about = tuple(sorted({each.patient_id for each in notices}))
        await unit.audit(look_at_ties(asking, "recall-list", at=now, patient_ids=about))
    return tuple(sorted(notices, key=lambda each: (each.at, each.flow.at), reverse=True))
