"""Single-use handles, in the hub's memory for minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeAlias

from corridor.domain.country import Country
from corridor.domain.matching_request import Redeemed

Meaning: TypeAlias = Callable[[], Awaitable[Redeemed | None]]
"""Gives what a handle stands for once that is known; None makes it a decoy."""


class Handles(Protocol):
    """What a handle stands for, until it is used or its time is up."""

    def issue(self, country: Country, meaning: Meaning, *, until: datetime) -> str:
        """A new handle for one country, 256 random bits as URL-safe text; its meaning may be found out later."""

    async def redeem(self, handle: str, *, country: Country, at: datetime) -> Redeemed | None:
        """Its meaning, once, for the country that it was made for; None otherwise."""
