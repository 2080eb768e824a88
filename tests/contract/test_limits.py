"""Contract of `Budgets` for several counters at once, under many processes, and of `Pauses` and `Paused`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import timedelta

import pytest

from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Cost, Pause, Reason
from corridor.storage.database import Database
from corridor.storage.limits import SqlBudgets
from corridor.storage.node import tables
from tests.contract.asking_child import CLINICIANS, ways
from tests.contract.conftest import Stores
from tests.contract.samples import NOW

PROCESSES = 3


async def test_either_every_counter_counts_or_none(stores: Stores) -> None:
    await stores.budgets.spend_all([Cost("b", 2), Cost("a", 1)], at=NOW)
    with pytest.raises(ThrottledError) as told:
        await stores.budgets.spend_all([Cost("b", 2), Cost("a", 1)], at=NOW)
    assert 0 < told.value.retry_seconds <= 3600
    assert [await stores.budgets.spent(name, at=NOW) for name in "ab"] == [1, 1]
    await stores.budgets.spend_all([Cost("b", 2)], at=NOW)
    await stores.budgets.spend_all([Cost("b", 2), Cost("a", 1)], at=NOW + timedelta(hours=1))


async def test_a_slice_never_passes_the_limit_and_is_used_up_to_it(stores: Stores) -> None:
    for _ in range(25):
        await stores.budgets.spend_all([Cost("a", 25, slice=10)], at=NOW)
    with pytest.raises(ThrottledError):
        await stores.budgets.spend_all([Cost("a", 25, slice=10)], at=NOW)
    await stores.budgets.spend_all([Cost("a", 25, slice=10)], at=NOW + timedelta(hours=1))


async def test_what_was_taken_ahead_comes_back_where_the_rest_cannot_be_had(stores: Stores) -> None:
    await stores.budgets.spend_all([Cost("ahead", 10, slice=10)], at=NOW)
    with pytest.raises(ThrottledError):
        await stores.budgets.spend_all([Cost("ahead", 10, slice=10), Cost("none", 0)], at=NOW)
    for _ in range(9):
        await stores.budgets.spend_all([Cost("ahead", 10, slice=10)], at=NOW)


@pytest.mark.parametrize(("limit", "slice_"), [(90, 1), (1_000, 7)])
async def test_many_processes_together_never_spend_more_than_there_is(node_url: str, limit: int, slice_: int) -> None:
    command = (sys.executable, "-m", "tests.contract.spending_child", node_url, str(limit), str(slice_))
    running = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(PROCESSES)]
    passed = [int((await each.communicate())[0]) for each in running]
    assert limit - PROCESSES * (slice_ - 1) <= sum(passed) <= limit
    database = Database(node_url)
    assert await SqlBudgets(database, tables.budget).spent("search/a", at=NOW) == limit
    await database.close()


async def test_workers_share_every_budget_and_no_asker_takes_anothers(node_url: str) -> None:
    """Search, match, evaluation and pull, counted by client, clinician, patient and purpose, and by country."""
    command = (sys.executable, "-m", "tests.contract.asking_child", node_url)
    running = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(PROCESSES)]
    told = [(await each.communicate())[0] for each in running]
    passed = sum((Counter[str](json.loads(each)) for each in told), Counter[str]())
    spent = Counter[str]()
    for way, costs in ways().items():
        for cost in costs:
            spent[cost.name] += passed[way]
    limits = {cost.name: cost.limit for costs in ways().values() for cost in costs}
    database = Database(node_url)
    kept = {name: await SqlBudgets(database, tables.budget).spent(name, at=NOW) for name in limits}
    await database.close()
    assert kept == {name: spent[name] for name in limits}
    assert not {name for name, limit in limits.items() if spent[name] > limit}
    # Whoever was told no had met a budget that is spent, their own, their purpose's or the person's: nobody else's.
    for costs in ways().values():
        assert any(spent[cost.name] == cost.limit for cost in costs)
    assert all(passed[f"{act} {who.account} "] for act in ("search", "match") for who in CLINICIANS)
    assert {name.partition("/")[0] for name in limits} == {"search", "match", "pull", "pulled", "ask", "evaluate"}


async def test_a_pause_stands_until_it_is_lifted_and_stays_on_record(stores: Stores) -> None:
    pause = Pause("1" * 32, "a" * 32, "clinician", Reason.FEW_MATCHES, NOW)
    assert not await stores.paused.holds(pause.agent)
    async with stores.units.begin() as unit:
        assert await unit.pauses.begin(pause)
        assert not await unit.pauses.begin(Pause("2" * 32, pause.agent, "clinician", Reason.MANY_PEOPLE, NOW))
        assert await unit.pauses.standing() == (pause,)
    await _wait_until(stores, pause.agent, holds=True)
    assert not await stores.paused.holds("b" * 32)
    later = NOW + timedelta(hours=1)
    async with stores.units.begin() as unit:
        assert await unit.pauses.lift(pause.id, by="f" * 32, note="A training.", at=later)
        assert not await unit.pauses.lift(pause.id, by="f" * 32, note="Again.", at=later)
        assert await unit.pauses.find("no\x00ne") is None
    async with stores.units.begin() as unit:
        assert await unit.pauses.standing() == ()
        kept = await unit.pauses.find(pause.id)
    assert (kept.lifted_by, kept.note, kept.lifted_at, kept.reason) == ("f" * 32, "A training.", later, pause.reason)
    await _wait_until(stores, pause.agent, holds=False)


async def _wait_until(stores: Stores, agent: str, *, holds: bool) -> None:
    """What another process did shows within a second."""
    if await stores.paused.holds(agent) is not holds:
        await asyncio.sleep(1)
    assert await stores.paused.holds(agent) is holds
