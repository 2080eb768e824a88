"""What each subscription has been told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from corridor.domain.subscription import Change, Delivery, SubscriptionEvent


class Subscriptions(Protocol):
    """Events and how far they were taken; all of it outlives the process."""

    async def position(self) -> int:
        """Where in the log to go on."""

    async def open(self, id: str, endpoint: str, *, at: datetime, position: int) -> None:
        """The endpoint shook hands.

        Numbers of a subscription that was open before go on. Where none was open, the log is followed from `position`.
        """

    async def keep(self, changes: Mapping[str, Sequence[Change]], *, position: int) -> None:
        """Give each subscription its events, and go on from `position`: both or nothing."""

    async def delivery(self, id: str) -> Delivery | None:
        """How far a subscription has been told, or None if it was never open."""

    async def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        """Subscriptions with something to be told, whose time to try has come."""

    async def quiet(self, *, since: datetime) -> tuple[Delivery, ...]:
        """Subscriptions with nothing to be told whose endpoint has taken nothing since then."""

    async def events(self, id: str, *, first: int, last: int) -> tuple[SubscriptionEvent, ...]:
        """Events by number, both ends included; old ones may have been forgotten."""

    async def told(self, id: str, *, number: int, at: datetime) -> None:
        """The endpoint took everything up to that number."""

    async def failed(self, id: str, *, at: datetime, until: datetime) -> None:
        """The endpoint took nothing; it is tried again at `until`."""

    async def postpone(self, id: str, *, at: datetime, until: datetime) -> int:
        """A handshake failed; it is tried again at `until`. Gives the number of failures in a row."""

    async def postponed(self, id: str) -> datetime | None:
        """When a failed handshake is tried again, or None."""

    async def forget(self, *, before: datetime) -> None:
        """Forget events that were taken and are older than that."""

    async def close(self, id: str) -> None:
        """Nothing more is told under this id until it is opened again; its events stay."""
