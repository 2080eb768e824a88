"""Contract of the ports `Pulls` and `Openings`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from corridor.domain.country import Country
from corridor.domain.emergency import Cause, Emergency, Opening, Verdict
from corridor.domain.pull import ANSWERED, KEPT, WAITING, PullLeg, PullRecord
from tests.contract.conftest import Stores
from tests.contract.samples import NOW

CO, VE = Country("CO"), Country("VE")
PULL = PullRecord(
    id="pull-1",
    patient_id="ana",
    agent="a" * 32,
    role="clinician",
    request_id="r",
    purpose="TREAT",
    trace="t",
    started_at=NOW,
    legs=(PullLeg(CO, "consent-1"), PullLeg(VE, "consent-1")),
)
OPENING = Opening("o-1", "ana", "a" * 32, Emergency(Cause.UNCONSCIOUS, "Sin conciencia, sin acompañante."), "t", NOW)


async def test_a_pull_is_kept_with_what_each_country_came_to_and_the_first_word_counts(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.pulls.begin(PULL)
        await unit.pulls.close("pull-1", VE, state=ANSWERED, facts=3, at=NOW)
    async with stores.units.begin() as unit:
        await unit.pulls.close("pull-1", VE, state="interrupted", facts=0, at=NOW + timedelta(hours=1))
        heard = PullLeg(VE, "consent-1", ANSWERED, 3, NOW)
        found = replace(PULL, legs=(PullLeg(CO, "consent-1", WAITING), heard))
        assert await unit.pulls.find("pull-1") == found
        assert await unit.pulls.waiting() == (found,)
        await unit.pulls.close("pull-1", CO, state="timeout", facts=0, at=NOW)
        assert await unit.pulls.waiting() == ()
        assert await unit.pulls.find("another") is None


async def test_pulls_that_are_over_are_forgotten_and_those_that_wait_are_not(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.pulls.begin(PULL)
        await unit.pulls.begin(replace(PULL, id="over", legs=(PullLeg(VE, "", "not-asked"),)))
        await unit.pulls.begin(replace(PULL, id="new", started_at=NOW + KEPT + timedelta(seconds=1), legs=()))
        assert await unit.pulls.find("over") is None
        assert await unit.pulls.find("pull-1") is not None
        assert await unit.pulls.find("new") is not None


async def test_an_opening_is_looked_at_once_and_told_once(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.openings.keep(OPENING)
        await unit.openings.keep(replace(OPENING, id="o-2", at=NOW + timedelta(hours=1)))
    async with stores.units.begin() as unit:
        assert [each.id for each in await unit.openings.open()] == ["o-1", "o-2"]
        assert [each.id for each in await unit.openings.of("ana")] == ["o-2", "o-1"]
        look = {"reviewer": "b" * 32, "verdict": Verdict.JUSTIFIED, "note": "Visto.", "at": NOW}
        assert await unit.openings.review("o-1", **look)
        assert not await unit.openings.review("o-1", **{**look, "verdict": Verdict.NOT_JUSTIFIED})
        assert await unit.openings.told("o-1", at=NOW)
        assert not await unit.openings.told("o-1", at=NOW)
        assert not await unit.openings.told("another", at=NOW)
        found = await unit.openings.find("o-1")
        assert found == replace(
            OPENING, reviewer="b" * 32, verdict=Verdict.JUSTIFIED, note="Visto.", reviewed_at=NOW, told_at=NOW
        )
        assert [each.id for each in await unit.openings.open()] == ["o-2"]
        assert await unit.openings.of("nobody") == ()
