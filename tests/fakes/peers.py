"""The other countries' nodes, asked without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.directory import Departure
from corridor.domain.errors import CorridorError
from corridor.domain.history import Answer, Entry
from corridor.flows.accept_withdrawal import accept_withdrawal
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.ports.unit import Projected
from corridor.flows.serve_history import ServeDesk, serve_history


class Serving(Protocol):
    """A country that can be asked."""

    @property
    def serving(self) -> ServeDesk:
        """What it answers with."""


class FakePeers:
    """Port `Peers`; what is asked goes straight to the acts of the other country.

    Attributes:
        others: everyone of the federation but this country.
        hanging: countries that never answer.
        gone: who took part before.
        failing: what a country fails with instead of answering.
        heard: every request that was sent, with whom it went to.
    """

    def __init__(self, home: Country, clock: Clock) -> None:
        self._home, self._clock = home, clock
        self.others: Mapping[Country, Serving] = {}
        self.hanging: set[Country] = set()
        self.failing: dict[Country, CorridorError] = {}
        self.gone: dict[Country, Departure] = {}
        self.heard: list[tuple[Country, HistoryRequest]] = []

    async def history(self, country: Country, request: HistoryRequest) -> Answer:
        """See the port."""
        await self._reach(country, request)
        served = await serve_history(self._home, request, desk=self.others[country].serving)
        rows = served.rows if served else ()
        serving = self.others[country].serving
        entries = tuple(Entry(row.resource_type, _name(self._home, row, serving), row.template) for row in rows)
        return Answer(country, entries, served.grade if served else None, self._clock.now())

    async def withdraw(self, country: Country, request: HistoryRequest) -> None:
        """See the port."""
        await self._reach(country, request)
        await accept_withdrawal(self._home, request, desk=self.others[country].serving)

    def countries(self) -> Sequence[Country]:
        """See the port."""
        return sorted(self.others)

    def former(self) -> Mapping[Country, Departure]:
        """See the port."""
        return self.gone

    async def _reach(self, country: Country, request: HistoryRequest) -> None:
        self.heard.append((country, request))
        if country in self.hanging:
            await asyncio.Event().wait()
        if country in self.failing:
            raise self.failing[country]


def _name(asker: Country, row: Projected, serving: ServeDesk) -> str:
    """A Patient goes by the pairwise pseudonym; the rest by its own id, which tests look for."""
    own = f"Patient/{row.id}"
    return serving.pseudonyms.pseudonym(asker, own) if row.resource_type == "Patient" else row.id
