"""A node gives each subscription its events, from the log: what is not on record is told to nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from corridor.domain.subscription import Change, Subscription
from corridor.flows.ports.changes import Changes
from corridor.flows.ports.subscriptions import Subscriptions

ENTRIES = 500
"""Entries of the log that are looked at in one go."""


@dataclass(frozen=True, slots=True)
class FollowDesk:
    """What following needs.

    Attributes:
        active: subscriptions whose endpoint shook hands.
        concerns: whether a change is one that a subscription asked for.
    """

    changes: Changes
    subscriptions: Subscriptions
    active: Callable[[], Awaitable[Sequence[Subscription]]]
    concerns: Callable[[Subscription, Change], Awaitable[bool]]


async def follow_changes(*, desk: FollowDesk) -> int:
    """Look at what was written since the last look.

    Returns:
        How many entries of the log were looked at.

    Source: HL7 Subscriptions R5 Backport 1.2.0.
    """
    active = await desk.active()
    if not active:
        return 0
    start = await desk.subscriptions.position()
    changes, position = await desk.changes.after(start, limit=ENTRIES)
    if position == start:
        return 0
    found: dict[str, list[Change]] = {}
    for change in changes:
        for subscription in active:
            if await desk.concerns(subscription, change):
                found.setdefault(subscription.id, []).append(change)
    await desk.subscriptions.keep(found, position=position)
    return position - start
