"""The systems that want to be told."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.subscription import Subscription


class Subscribers(Protocol):
    """Endpoints of subscriptions."""

    async def notify(self, subscription: Subscription, body: bytes) -> None:
        """Post a notification, or an empty request where there is no body; returns when it was taken.

        Raises:
            UnavailableError: it was not taken, or not in time.
            ForbiddenError: the operator of this node does not let anything go to that address.
        """

    async def update(self, subscription: Subscription, name: str, body: bytes) -> None:
        """Put a resource where the endpoint keeps it, `name` being `Type/id`; returns when it was taken.

        Raises:
            UnavailableError: it was not taken, or not in time.
            ForbiddenError: the operator of this node does not let it go to that address.
        """

    def allows(self, subscription: Subscription) -> bool:
        """Whether the operator lets this much go to that address; across a border it is `empty` or nothing."""
