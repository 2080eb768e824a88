"""The pulls of a node, within a unit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.pull import PullRecord


class Pulls(Protocol):
    """What outlives the process of a pull under way."""

    async def begin(self, pull: PullRecord) -> None:
        """Keep a pull with all its legs; pulls that were over long ago are forgotten."""

    async def close(self, id: str, country: Country, *, state: str, facts: int, at: datetime) -> None:
        """Keep what a country came to; one that came to something already stays as it is."""

    async def find(self, id: str) -> PullRecord | None:
        """A pull, legs by country."""

    async def waiting(self) -> tuple[PullRecord, ...]:
        """Pulls with a country that is still waited for."""
