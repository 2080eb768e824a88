"""The other halves of ties, asked without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.questions import Question
from corridor.domain.tie import Said, TieState
from corridor.domain.trace import Trace
from corridor.flows.accept_tie_change import accept_tie_change
from corridor.flows.answer_questions import answer_questions
from corridor.flows.end_tie import TieDesk
from corridor.flows.offer_questions import offer_questions
from corridor.flows.ports.counterparts import Offer, TieName, Veiled


class FakeCounterparts:
    """Port `Counterparts`; what is asked goes straight to the acts of the other country.

    Attributes:
        others: everyone's desk.
        away: countries that do not answer.
    """

    def __init__(self, home: Country) -> None:
        self._home = home
        self.others: dict[Country, TieDesk] = {}
        self.away: set[Country] = set()

    async def questions(self, country: Country, tie: TieName, *, trace: Trace) -> Offer:
        """See the port."""
        del trace
        return await offer_questions(self._home, tie, desk=self._desk(country))

    async def compare(self, country: Country, tie: TieName, veiled: Veiled, *, trace: Trace) -> Mapping[Question, Said]:
        """See the port."""
        return await answer_questions(self._home, tie, veiled, trace=trace, desk=self._desk(country))

    async def became(self, country: Country, tie: TieName, state: TieState, *, at: datetime, trace: Trace) -> None:
        """See the port."""
        del at
        await accept_tie_change(self._home, tie, state, trace=trace, desk=self._desk(country))

    def _desk(self, country: Country) -> TieDesk:
        if country in self.away:
            raise UnavailableError("That country does not answer.")
        return self.others[country]
