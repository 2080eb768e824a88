"""Whether somebody may ask any more: budgets of the hour, and pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Demand, Limits, Reason, costs_of, seconds_left
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.log import Log
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.paused import Paused
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class LimitDesk:
    """What counting needs.

    Attributes:
        hide: replaces a text that tells who is sought by a keyed hash.
    """

    home: Country
    limits: Limits
    budgets: Budgets
    nonces: Nonces
    paused: Paused
    units: Units
    clock: Clock
    log: Log
    hide: Callable[[str], str]


async def check_limits(asking: Asking, demand: Demand, *, desk: LimitDesk) -> None:
    """Count an act against every budget that it touches; what all workers let pass never exceeds one of them.

    The caller puts the refusal on record.

    Raises:
        ThrottledError: the asker is paused, or a budget of the hour is spent; both read alike.

    Source: TRUST threat table, rows 4 and 10; OWASP API4 and API6, 2023.
    """
    now = desk.clock.now()
    if await desk.paused.holds(asking.principal.pseudonym):
        raise ThrottledError(retry_seconds=seconds_left(now), reason=Reason.PAUSED.value)
    await desk.budgets.spend_all(costs_of(asking.principal, demand, desk.limits), at=now)
