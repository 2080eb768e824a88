"""Who belongs to a Group."""

from __future__ import annotations

from typing import Protocol


class Groups(Protocol):
    """Groups of patients, as they are stored."""

    async def members(self, group_id: str) -> tuple[str, ...] | None:
        """Ids of the patients who belong to it now, or None where there is no such Group."""
