"""The hub's own evidence that a country searched for a purpose that nobody is given anything for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a country did so in one hour; the code is its own where the federation has a word for it."""

    hour: datetime
    asker: Country
    purpose: str
    count: int


class Attempts(Protocol):
    """What the hub wrote down before it refused; no country's report is needed for it."""

    async def between(self, start: datetime | None, end: datetime | None) -> tuple[Attempt, ...]:
        """Attempts from `start` on and before `end`, None leaving that side open; newest hour first."""
