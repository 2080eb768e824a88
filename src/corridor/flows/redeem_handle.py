"""A home node learns what a handle that it was shown stands for."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.matching_request import Redeemed
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.handles import Handles


@dataclass(frozen=True, slots=True)
class RedeemDesk:
    """What redeeming needs."""

    handles: Handles
    clock: Clock


async def redeem_handle(home: Country, handle: str, *, desk: RedeemDesk) -> Redeemed | None:
    """Candidates and envelope, once; None for a decoy, a used, an expired or another country's handle alike.

    Source: IDENTITY section 2, stage 2.
    """
    return await desk.handles.redeem(handle, country=home, at=desk.clock.now())
