"""Who may ask nothing for now."""

from __future__ import annotations

from typing import Protocol


class Paused(Protocol):
    """Whether somebody is paused, asked at every act."""

    async def holds(self, agent: str) -> bool:
        """Whether a pause of an account or system stands; one that another process began shows within a second."""
