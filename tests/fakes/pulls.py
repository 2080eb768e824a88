"""Pulls and emergencies in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.emergency import Opening, Verdict
from corridor.domain.pull import KEPT, WAITING, PullRecord
from tests.fakes.state import Shelf


class FakePulls:
    """Port `Pulls`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def begin(self, pull: PullRecord) -> None:
        """See the port."""
        old = {name for name, each in self._pulls.items() if each.started_at < pull.started_at - KEPT}
        over = {name for name in old if not _waits(self._pulls[name])}
        self._shelf.state.pulls = {name: each for name, each in self._pulls.items() if name not in over}
        self._pulls[pull.id] = replace(pull, legs=tuple(sorted(pull.legs, key=lambda leg: leg.country)))

    async def close(self, id: str, country: Country, *, state: str, facts: int, at: datetime) -> None:
        """See the port."""
        if id in self._pulls:
            legs = tuple(
                replace(leg, state=state, facts=facts, at=at)
                if leg.country == country and leg.state == WAITING
                else leg
                for leg in self._pulls[id].legs
            )
            self._pulls[id] = replace(self._pulls[id], legs=legs)

    async def find(self, id: str) -> PullRecord | None:
        """See the port."""
        return self._pulls.get(id)

    async def waiting(self) -> tuple[PullRecord, ...]:
        """See the port."""
        return tuple(sorted(filter(_waits, self._pulls.values()), key=lambda each: each.started_at))

    @property
    def _pulls(self) -> dict[str, PullRecord]:
        return self._shelf.state.pulls


def _waits(pull: PullRecord) -> bool:
    return any(leg.state == WAITING for leg in pull.legs)


class FakeOpenings:
    """Port `Openings`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def keep(self, opening: Opening) -> None:
        """See the port."""
        self._openings[opening.id] = opening

    async def find(self, id: str) -> Opening | None:
        """See the port."""
        return self._openings.get(id)

    async def open(self) -> tuple[Opening, ...]:
        """See the port."""
        waiting = [each for each in self._openings.values() if each.verdict is None]
        return tuple(sorted(waiting, key=lambda each: (each.at, each.id)))

    async def of(self, patient_id: str) -> tuple[Opening, ...]:
        """See the port."""
        mine = [each for each in self._openings.values() if each.patient_id == patient_id]
        return tuple(sorted(mine, key=lambda each: each.at, reverse=True))

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """See the port."""
        found = self._openings.get(id)
        if found is None or found.verdict is not None:
            return False
        self._openings[id] = replace(found, reviewer=reviewer, verdict=verdict, note=note, reviewed_at=at)
        return True

    async def told(self, id: str, *, at: datetime) -> bool:
        """See the port."""
        found = self._openings.get(id)
        if found is None or found.told_at is not None:
            return False
        self._openings[id] = replace(found, told_at=at)
        return True

    @property
    def _openings(self) -> dict[str, Opening]:
        return self._shelf.state.openings
