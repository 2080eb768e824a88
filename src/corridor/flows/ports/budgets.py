"""How much each asker may still ask."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Budgets(Protocol):
    """Counters per asker and hour."""

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """Count `amount` against the hour of `at`.

        Raises:
            ThrottledError: that would pass `limit`; nothing is counted then.
        """

    async def spent(self, name: str, *, at: datetime) -> int:
        """What was counted in the hour of `at`."""
