"""How much each asker may still ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from corridor.domain.limits import Cost


class Budgets(Protocol):
    """Counters per asker and hour."""

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """Count `amount` against the hour of `at`.

        Raises:
            ThrottledError: that would pass `limit`; nothing is counted then.
        """

    async def spend_all(self, costs: Sequence[Cost], *, at: datetime) -> None:
        """Count every cost against the hour of `at`, or none of them.

        What all processes count together never passes a limit. A cost with a slice is counted ahead, a slice at a
        time: what a process has not used of it when the hour ends is lost to the others.

        Raises:
            ThrottledError: one of them would pass its limit; nothing is counted then.
        """

    async def spent(self, name: str, *, at: datetime) -> int:
        """What was counted in the hour of `at`."""
