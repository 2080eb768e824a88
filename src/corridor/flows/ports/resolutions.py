"""The hub's own record that somebody searched."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country


class Resolutions(Protocol):
    """Which country searched, why and in which hour; never for whom."""

    async def record(self, asker: Country, *, purpose: str, at: datetime) -> None:
        """Durable when this returns; cut to the hour."""
