"""A node shakes hands with the endpoints of new subscriptions, and ends those whose time is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from corridor.domain.errors import CorridorError
from corridor.domain.subscription import Subscription, SubscriptionState
from corridor.flows.make_calls import Calls, make_calls
from corridor.flows.ports.changes import Changes
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.subscribers import Subscribers
from corridor.flows.ports.subscriptions import Subscriptions
from corridor.flows.restate_subscription import RestateDesk, restate_subscription

TRIES = 5
PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ActivateDesk:
    """What activating needs.

    Attributes:
        wished: subscriptions that are requested or active, as they stand now.
        handshake: the notification that asks the endpoint whether it is there.
        restate: what writing a state into the resource needs.
        calls: handshakes under way.
    """

    subscriptions: Subscriptions
    subscribers: Subscribers
    changes: Changes
    clock: Clock
    wished: Callable[[], Awaitable[Sequence[Subscription]]]
    handshake: Callable[[Subscription], bytes]
    restate: RestateDesk
    calls: Calls = field(default_factory=Calls)


async def activate_subscriptions(*, desk: ActivateDesk) -> int:
    """Look at every subscription that wants to be told.

    Returns:
        How many changed their state.

    Source: HL7 Subscriptions R5 Backport 1.2.0, lifecycle and handshake.
    """
    changed, strangers = 0, []
    for subscription in await desk.wished():
        if subscription.end and subscription.end <= desk.clock.now():
            changed += await _end(subscription, desk)
        elif subscription.id not in desk.calls.under_way and await _is_new(subscription, desk):
            strangers.append(subscription)
    return changed + await make_calls({each.id: _greet(each, desk) for each in strangers}, calls=desk.calls)


async def _end(subscription: Subscription, desk: ActivateDesk) -> bool:
    await desk.subscriptions.close(subscription.id)
    return await restate_subscription(subscription.id, SubscriptionState.OFF, "", desk=desk.restate)


async def _is_new(subscription: Subscription, desk: ActivateDesk) -> bool:
    """Whether its endpoint has to shake hands, and it is time to ask."""
    delivery = await desk.subscriptions.delivery(subscription.id)
    known = delivery is not None and delivery.endpoint == subscription.endpoint
    if known and subscription.state is SubscriptionState.ACTIVE:
        return False
    later = await desk.subscriptions.postponed(subscription.id)
    return later is None or later <= desk.clock.now()


async def _greet(subscription: Subscription, desk: ActivateDesk) -> bool:
    if not desk.subscribers.allows(subscription):
        reason = "This node sends nothing, or no more than that something changed, to this address."
        return await restate_subscription(subscription.id, SubscriptionState.ERROR, reason, desk=desk.restate)
    try:
        if subscription.topic:  # R4 itself knows no handshake: the first change tells whether the endpoint is there
            await desk.subscribers.notify(subscription, desk.handshake(subscription))
    except CorridorError:
        now = desk.clock.now()
        tries = await desk.subscriptions.postpone(subscription.id, at=now, until=now + PAUSE)
        if tries < TRIES:
            return False
        return await restate_subscription(
            subscription.id, SubscriptionState.ERROR, "The endpoint does not answer.", desk=desk.restate
        )
    position = await desk.changes.end()
    await desk.subscriptions.open(subscription.id, subscription.endpoint, at=desk.clock.now(), position=position)
    return await restate_subscription(subscription.id, SubscriptionState.ACTIVE, "", desk=desk.restate)
