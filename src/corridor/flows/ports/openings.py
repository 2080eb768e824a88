"""The times that the glass was broken, within a unit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.emergency import Opening, Verdict


class Openings(Protocol):
    """Openings and what became of them; none is ever forgotten."""

    async def keep(self, opening: Opening) -> None:
        """Keep a new one."""

    async def find(self, id: str) -> Opening | None:
        """One of them."""

    async def open(self) -> tuple[Opening, ...]:
        """Those that nobody looked at yet, oldest first."""

    async def of(self, patient_id: str) -> tuple[Opening, ...]:
        """Those of a person, newest first."""

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """Keep the second look; False where it was looked at already."""

    async def told(self, id: str, *, at: datetime) -> bool:
        """Keep that the person was told; False where they were already."""
