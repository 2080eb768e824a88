"""The newest results of each kind."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.query import Query
from corridor.domain.record import Record


class Latest(Protocol):
    """Observations by code, newest first."""

    async def lastn(self, query: Query, *, most: int) -> tuple[Record, ...]:
        """For each code among the matches the `most` newest by clinical date; those of the same instant all count.

        Args:
            query: criteria over Observation; its order, size and position are not looked at.
            most: how many of each code, 1 to 100.

        Raises:
            UnsupportedError: more records than one answer can carry.
        """
