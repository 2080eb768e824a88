from __future__ import annotations

import asyncio

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.history import Answer, Silence
from corridor.domain.pull import ANSWERED, INTERRUPTED, PullRecord
from corridor.flows.ask_country import Pull
from corridor.flows.follow_pull import follow_pull
from corridor.flows.open_pull import open_pull
from corridor.flows.settle_pulls import settle_pulls
from tests.fakes.federation import FakeFederation, asking
from tests.flows.entries import entries

VE, CO = Country("VE"), Country("CO")


@pytest.fixture
async def pull(migrant: FakeFederation) -> Pull:
    """A pull in Peru that its page looks up."""
    await migrant["PE"].keep(migrant.consent(), of="p1")
    desk = migrant["PE"].pulling
    return await open_pull(asking(), "p1", purpose_code="TREAT", deadline_seconds=0.4, desk=desk, id="page-1")


async def kept(migrant: FakeFederation) -> PullRecord:
    async with migrant["PE"].node.units.begin() as unit:
        found = await unit.pulls.find("page-1")
    assert found is not None
    return found


def states(record: PullRecord) -> dict[str, tuple[str, int]]:
    return {leg.country: (leg.state, leg.facts) for leg in record.legs}


async def test_each_country_is_on_record_before_its_answer_is_shown(migrant: FakeFederation, pull: Pull) -> None:
    seen: list[tuple[str, int]] = []

    def heard(one: Answer | Silence) -> None:
        receipts = [fact for fact in migrant["PE"].facts if fact.kind == "receipt"]
        assert one.country in {fact.holder for fact in receipts}
        seen.append((one.country, len(receipts)))

    history = await follow_pull(pull, heard, desk=migrant["PE"].pulling)
    assert len(seen) == 2
    assert [each.country for each in history.answers] == [CO, VE]
    record = await kept(migrant)
    assert states(record) == {"CO": (ANSWERED, 0), "VE": (ANSWERED, 3)}
    assert {leg.consent_id for leg in record.legs} == {"consent-1"}


async def test_who_answers_is_shown_while_another_hangs(migrant: FakeFederation, pull: Pull) -> None:
    migrant["PE"].peers.hanging = {CO}
    order: list[str] = []
    answered = asyncio.Event()

    def heard(one: Answer | Silence) -> None:
        order.append(one.country)
        answered.set()

    task = asyncio.create_task(follow_pull(pull, heard, desk=migrant["PE"].pulling))
    await asyncio.wait_for(answered.wait(), 5)
    assert order == [VE]
    assert states(await kept(migrant)) == {"CO": ("waiting", 0), "VE": (ANSWERED, 3)}
    history = await task
    assert [one.country for one in history.silences] == [CO]
    assert states(await kept(migrant))["CO"] == ("timeout", 0)


async def test_a_pull_that_a_stop_left_open_gets_its_end_once_at_the_next_start(
    migrant: FakeFederation, pull: Pull
) -> None:
    migrant["PE"].peers.hanging = {CO}
    answered = asyncio.Event()
    task = asyncio.create_task(follow_pull(pull, lambda _: answered.set(), desk=migrant["PE"].pulling))
    await asyncio.wait_for(answered.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await settle_pulls(desk=migrant["PE"].pulling) == 1
    assert await settle_pulls(desk=migrant["PE"].pulling) == 0
    assert states(await kept(migrant)) == {"CO": (INTERRUPTED, 0), "VE": (ANSWERED, 3)}
    receipts = [(fact.holder, fact.outcome, fact.reason) for fact in migrant["PE"].facts if fact.kind == "receipt"]
    assert receipts == [(VE, "success", ""), (CO, "failure", INTERRUPTED)]
    assert len({fact.trace.trace_id for fact in migrant["PE"].facts}) == 1


async def test_what_cannot_be_put_on_record_is_not_shown(migrant: FakeFederation, pull: Pull) -> None:
    migrant["PE"].node.shelf.broken = True
    heard: list[Answer | Silence] = []
    with pytest.raises(UnavailableError):
        await follow_pull(pull, heard.append, desk=migrant["PE"].pulling)
    assert heard == []


async def test_where_nobody_can_be_looked_for_every_country_is_named(migrant: FakeFederation, pull: Pull) -> None:
    migrant["PE"].register.away = True
    history = await follow_pull(pull, lambda _: None, desk=migrant["PE"].pulling)
    assert {str(one.reason) for one in history.silences} == {"not-asked"}
    assert entries(migrant["PE"].facts)[0] == ("ask", "success", "", ("p1",))
