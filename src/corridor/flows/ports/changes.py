"""What was written to the national base, in the order in which it became durable."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.subscription import Change


class Changes(Protocol):
    """The changes that the log tells of."""

    async def end(self) -> int:
        """The position after the newest entry of the log."""

    async def after(self, position: int, *, limit: int) -> tuple[tuple[Change, ...], int]:
        """Changes from that position on, and the position from which to go on.

        Args:
            position: of the first entry that is looked at.
            limit: how many entries of the log are looked at.
        """
