"""Leases on what others told, asked for without a network."""

from __future__ import annotations

from collections.abc import Mapping

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.flows.ports.leases import LeaseAsk
from corridor.flows.renew_lease import renew_lease
from tests.fakes.peers import Serving


class FakeLeases:
    """Port `Leases`; what is asked goes straight to the act of the other country.

    Args:
        home: who asks.
        others: everyone else.

    Attributes:
        away: countries that cannot be reached.
        asked: whom, in order.
    """

    def __init__(self, home: Country, others: Mapping[Country, Serving]) -> None:
        self._home, self._others = home, others
        self.away: set[Country] = set()
        self.asked: list[Country] = []

    async def renew(self, country: Country, ask: LeaseAsk) -> bool:
        """See the port."""
        self.asked.append(country)
        if country in self.away:
            raise UnavailableError("Down.")
        return await renew_lease(self._home, ask, desk=self._others[country].serving)
