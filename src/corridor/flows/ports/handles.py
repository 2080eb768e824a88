"""Single-use handles, in the hub's memory for minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.matching_request import Redeemed


class Handles(Protocol):
    """What a handle stands for, until it is used or its time is up."""

    def issue(self, country: Country, meaning: Redeemed | None, *, until: datetime) -> str:
        """A new handle for one country, 256 random bits as URL-safe text; None as meaning makes a decoy."""

    def redeem(self, handle: str, *, country: Country, at: datetime) -> Redeemed | None:
        """Its meaning, once, for the country that it was made for; None otherwise."""
