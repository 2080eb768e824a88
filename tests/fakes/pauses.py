"""Pauses in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from corridor.domain.limits import Pause
from tests.fakes.state import Shelf


class FakePaused:
    """Port `Paused`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def holds(self, agent: str) -> bool:
        """See the port."""
        return any(each.agent == agent and each.lifted_at is None for each in self._shelf.state.pauses.values())


class FakePauses:
    """Port `Pauses`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def begin(self, pause: Pause) -> bool:
        """See the port."""
        if any(each.agent == pause.agent for each in await self.standing()):
            return False
        self._pauses[pause.id] = pause
        return True

    async def standing(self) -> tuple[Pause, ...]:
        """See the port."""
        found = [each for each in self._pauses.values() if each.lifted_at is None]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    async def find(self, id: str) -> Pause | None:
        """See the port."""
        return self._pauses.get(id)

    async def lift(self, id: str, *, by: str, note: str, at: datetime) -> bool:
        """See the port."""
        found = self._pauses.get(id)
        if found is None or found.lifted_at is not None:
            return False
        self._pauses[id] = replace(found, lifted_by=by, note=note, lifted_at=at)
        return True

    @property
    def _pauses(self) -> dict[str, Pause]:
        return self._shelf.state.pauses
