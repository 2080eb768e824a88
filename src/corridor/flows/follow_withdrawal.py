"""What became of a person's withdrawal: who acknowledged it, and which copies had been given before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.recall import Recall, recalled
from corridor.flows.ports.outbox import Outbox
from corridor.flows.ports.units import Units
from corridor.flows.take_back_consents import SPREAD
from corridor.flows.tell_withdrawal import LATE


@dataclass(frozen=True, slots=True)
class FollowDesk:
    """What following needs."""

    units: Units
    outbox: Outbox
    countries: Callable[[], Sequence[Country]]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A withdrawal as the person is told of it.

    Attributes:
        at: the latest.
        untold: countries that have not acknowledged it yet.
        given: copies that were given or received before, newest first.
    """

    at: datetime
    untold: tuple[Country, ...]
    given: tuple[Recall, ...]


async def follow_withdrawal(patient_id: str, *, desk: FollowDesk) -> TakenBack | None:
    """How far the latest withdrawal got, or None where there is none; the reading of the person is on record already.

    Source: TRUST section 6, revocation; INTEROP section 10.
    """
    async with desk.units.begin() as unit:
        withdrawals = await unit.withdrawals(patient_id)
        ties = await unit.ties.of(patient_id)
        flows = [(tie, flow) for tie in ties for flow in await unit.ties.flows(tie.id)]
    if not withdrawals:
        return None
    at = max(each.at for each in withdrawals)
    found = [recalled(tie, flow, withdrawn_at=at) for tie, flow in flows]
    given = sorted((each for each in found if each), key=lambda each: each.flow.at, reverse=True)
    untold = [each for each in desk.countries() if await _waits(each, patient_id, desk)]
    return TakenBack(at, tuple(untold), tuple(given))


async def _waits(country: Country, patient_id: str, desk: FollowDesk) -> bool:
    for kind, key in ((SPREAD, patient_id), (LATE, f"{country}/{patient_id}")):
        if any(each.key == key for each in await desk.outbox.starting(kind, key, limit=40)):
            return True
    return False
