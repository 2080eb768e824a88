"""Whether something was missed is asked of everybody who was not in touch, and nobody hangs on who does not answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.node import withdrawals
from corridor.remote.calls import Calls
from corridor.remote.contacts import ASK_SECONDS, ASLEEP, FRESH, HttpContacts
from tests.fakes.signed import AsgiLine, SignedParties

PE = Country("PE")
EVERYONE = ["CL", "CO", "EC", "VE"]
STALE = FRESH.total_seconds() + 1


@dataclass
class Others:
    """The other countries at their doors.

    Attributes:
        waits: how many withdrawals wait, by country.
        mute: countries that cannot tell what waits.
        asked: who was asked, and whether telling was asked for.
        hangs: seconds after which a country's silence is noticed; it never answers after that.
        stops: seconds for which this node is stopped while it asks a country, once.
    """

    parties: SignedParties = field(default_factory=SignedParties)
    waits: dict[str, int] = field(default_factory=dict)
    mute: set[str] = field(default_factory=set)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    hangs: dict[str, float] = field(default_factory=dict)
    stops: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        apps = {f"https://{code.lower()}.example": self._door(code) for code in EVERYONE}
        self.line = AsgiLine(apps)
        self.apps = apps
        calls = Calls(self.line, self.parties.signatures("PE"), self.parties.clock)  # type: ignore[arg-type]  # a line without a network
        self.contacts = HttpContacts(PE, calls, self.parties, clock=self.parties.clock)

    def _door(self, code: str) -> Starlette:
        async def tell_missed(country: Country, *, tell: bool) -> int:
            assert country == PE
            self.asked.append((code, tell))
            if code in self.hangs:
                await self._hang(code)
            if code in self.stops:
                self.parties.clock.advance(seconds=self.stops.pop(code))
                raise UnavailableError("The question was given up.")
            if tell:
                if code in self.mute:
                    raise UnavailableError("The hub does not answer.")
                self.waits[code] = 0
            return self.waits.get(code, 0)

        return Starlette(routes=withdrawals.routes(withdrawals.Missed(self.parties.gate(code), tell_missed)))

    async def _hang(self, code: str) -> None:
        seconds, self.hangs[code] = self.hangs[code], 0
        if not seconds:
            await asyncio.Event().wait()
        self.parties.clock.advance(seconds=seconds)
        raise UnavailableError("The country does not answer.")

    async def regain(self) -> list[tuple[str, bool]]:
        """Who was asked, in order of their codes."""
        self.asked.clear()
        await self.contacts.regain()
        return sorted(self.asked)


@pytest.fixture
def others() -> Others:
    return Others()


async def test_everybody_is_asked_and_not_again_for_some_seconds(others: Others) -> None:
    assert await others.regain() == [(code, False) for code in EVERYONE]
    assert await others.regain() == []
    others.parties.clock.advance(seconds=STALE)
    assert await others.regain() == [(code, False) for code in EVERYONE]


async def test_what_waits_is_told_before_anything_goes_on(others: Others) -> None:
    others.waits["CO"] = 3
    assert ("CO", True) in await others.regain()
    assert others.waits["CO"] == 0


async def test_nothing_goes_on_while_somebody_has_something_to_tell_and_does_not(others: Others) -> None:
    others.waits["CO"], others.mute = 1, {"CO"}
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await others.regain()
    others.mute = set()
    assert ("CO", True) in await others.regain()


async def test_who_does_not_answer_keeps_nobody_from_anything(others: Others) -> None:
    del others.apps["https://ec.example"]
    others.line = AsgiLine(others.apps)
    others.contacts = HttpContacts(
        PE,
        Calls(others.line, others.parties.signatures("PE"), others.parties.clock),  # type: ignore[arg-type]  # as above
        others.parties,
        clock=others.parties.clock,
    )
    await others.regain()
    assert len(others.line.sent) == len(EVERYONE)
    await others.regain()
    assert len(others.line.sent) == len(EVERYONE)


async def test_a_clock_that_was_set_back_makes_nothing_fresh(others: Others) -> None:
    await others.regain()
    others.parties.clock.advance(hours=-1)
    assert await others.regain() == [(code, False) for code in EVERYONE]


async def test_who_was_lost_is_waited_for_again_once_this_node_itself_was_away(others: Others) -> None:
    answering = others.apps.pop("https://co.example")
    others.line._apps = others.apps  # the line is this test's own
    await others.regain()
    others.line._apps = {**others.apps, "https://co.example": answering}  # as above
    others.waits["CO"] = 1
    others.parties.clock.advance(seconds=ASLEEP.total_seconds() + 1)
    assert ("CO", True) in await others.regain()


async def test_who_hangs_is_waited_for_once(others: Others) -> None:
    others.hangs["EC"] = ASK_SECONDS
    async with asyncio.timeout(5):
        await others.regain()
        await others.regain()


async def test_a_node_that_stood_still_itself_asks_again(others: Others) -> None:
    others.waits["CO"], others.stops["CO"] = 1, ASK_SECONDS + 5
    asked = await others.regain()
    assert asked.count(("CO", False)) == 2
    assert ("CO", True) in asked
    assert others.waits["CO"] == 0
