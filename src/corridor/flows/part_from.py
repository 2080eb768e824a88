"""A node parts from countries that take no part in the federation any more."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.directory import Former
from corridor.domain.trace import new_trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class PartDesk:
    """What parting needs."""

    home: Country
    directory: Directory
    units: Units
    clock: Clock


async def part_from(*, desk: PartDesk) -> int:
    """End the lease of every copy that a former country was given; that it ended is on record.

    Its signatures are refused already. This is for the day on which it is back: nothing from before runs on.

    Returns:
        How many leases were ended.

    Source: TRUST section 6, revocation.
    """
    ended = 0
    for former in desk.directory.federation().former:
        async with desk.units.begin() as unit:
            leases = await unit.end_grants(former.country)
            if leases:
                await unit.audit(_fact(former, leases, desk))
        ended += leases
    return ended


def _fact(former: Former, leases: int, desk: PartDesk) -> AuditFact:
    return AuditFact(
        kind=AuditKind.KEY,
        outcome=AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=new_trace(),
        request_id="",
        agent="manifest",
        role="node",
        asker=former.country,
        holder=desk.home,
        reason=f"copies-recalled-{former.departure.value}",
        query=f"leases={leases}&version={former.version}",
    )
