"""Trying one name after the other is noticed, stopped and put where others see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from corridor.domain.asking import Asking
from corridor.domain.limits import Cost, Limits, Reason, hour_of
from corridor.domain.principal import Principal, Role
from corridor.flows.check_limits import LimitDesk
from corridor.flows.count_or_pause import count_or_pause


async def watch_asking(asking: Asking, sought: str, *, found: bool, desk: LimitDesk) -> None:
    """Count whom somebody looks for, each person once an hour, and pause who looks for too many or finds too few.

    That somebody was paused is durable, in the log and on its way to the coordinator, before this raises.

    Args:
        asking: who looks.
        sought: what stands for the person; empty where nobody in particular is sought.
        found: somebody was found.
        desk: the ports.

    Raises:
        ThrottledError: the asker was paused now; what was found is not told.

    Source: TRUST threat table, row 4; TRUST section 8, goal 13.
    """
    counted = [*_counted(asking.principal, found=found, limits=desk.limits)] if sought else []
    if not counted:
        return
    now, who = desk.clock.now(), asking.principal.pseudonym
    until = hour_of(now) + timedelta(hours=1)
    if not await desk.nonces.spend(f"sought/{who}", desk.hide(sought), until=until):
        return
    for reason, cost in counted:
        await count_or_pause(asking, reason, cost, desk=desk)


def _counted(principal: Principal, *, found: bool, limits: Limits) -> Iterator[tuple[Reason, Cost]]:
    """A system looks after a whole register; what tells on it is whom it looks for in vain."""
    who = principal.pseudonym
    clinician = principal.role is Role.CLINICIAN and principal.grant is None
    if clinician:
        yield Reason.MANY_PEOPLE, Cost(f"people/{who}", limits.clinician_people)
    if not found:
        most = limits.clinician_misses if clinician else limits.client_misses
        yield Reason.FEW_MATCHES, Cost(f"misses/{who}", most)
