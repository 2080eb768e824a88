"""Who was paused, within a unit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.limits import Pause


class Pauses(Protocol):
    """Pauses, within a unit; none is ever forgotten."""

    async def begin(self, pause: Pause) -> bool:
        """Keep a new one; False where the same asker is paused already."""

    async def standing(self) -> tuple[Pause, ...]:
        """Those that nobody lifted yet, oldest first."""

    async def find(self, id: str) -> Pause | None:
        """One of them."""

    async def lift(self, id: str, *, by: str, note: str, at: datetime) -> bool:
        """Let the asker ask again; False where somebody did already."""
