"""A node writes into a Subscription where it stands: active, in error, or over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.record import Draft
from corridor.domain.subscription import SubscriptionState
from corridor.domain.trace import new_trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class RestateDesk:
    """What it needs.

    Attributes:
        restated: the stored Subscription with another state and the reason of an error.
    """

    units: Units
    clock: Clock
    restated: Callable[[bytes, SubscriptionState, str], Draft]


async def restate_subscription(id: str, state: SubscriptionState, reason: str, *, desk: RestateDesk) -> bool:
    """Write the next version of the resource, on record; False where somebody deleted it meanwhile.

    Args:
        id: of the Subscription.
        state: where it stands now.
        reason: why, in words, for an error.
        desk: the ports.

    Source: HL7 Subscriptions R5 Backport 1.2.0, lifecycle.
    """
    async with desk.units.begin() as unit:
        record = await unit.read("Subscription", id)
        if record is None or record.body is None:
            return False
        now = desk.clock.now()
        await unit.write([desk.restated(record.body, state, reason)], at=now)
        await unit.audit(
            AuditFact(
                kind=AuditKind.UPDATE,
                outcome=AuditOutcome.SUCCESS,
                at=now,
                trace=new_trace(),
                request_id="",
                agent="subscriptions",
                role="node",
                resource=f"Subscription/{id}",
                reason=state.value,
            )
        )
    return True
