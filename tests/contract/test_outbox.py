"""Contract of the port `Outbox`."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.conftest import Stores
from tests.contract.samples import NOW


async def promise(stores: Stores, *keys: str, payload: bytes = b"") -> None:
    async with stores.units.begin() as unit:
        for key in keys:
            await unit.queue("withdraw", key, payload)


async def test_promises_come_oldest_first_by_kind_and_no_more_than_asked_for(stores: Stores) -> None:
    await promise(stores, "a", "b", "c")
    due = await stores.outbox.due("withdraw", at=NOW, limit=2)
    assert [(each.kind, each.key, each.attempt) for each in due] == [("withdraw", "a", 0), ("withdraw", "b", 0)]
    assert await stores.outbox.due("register", at=NOW, limit=2) == ()
    assert await stores.outbox.waiting() == 3


async def test_a_kept_promise_is_forgotten(stores: Stores) -> None:
    await promise(stores, "a", "b")
    due = await stores.outbox.due("withdraw", at=NOW, limit=1)
    await stores.outbox.done(due)
    await stores.outbox.done(())
    assert [each.key for each in await stores.outbox.due("withdraw", at=NOW, limit=9)] == ["b"]


async def test_a_promise_that_was_replaced_while_it_was_kept_stays(stores: Stores) -> None:
    await promise(stores, "a", payload=b"old")
    due = await stores.outbox.due("withdraw", at=NOW, limit=9)
    await promise(stores, "a", payload=b"new")
    await stores.outbox.done(due)
    assert [each.payload for each in await stores.outbox.due("withdraw", at=NOW, limit=9)] == [b"new"]


async def test_a_promise_comes_back_at_its_time_and_counts_its_attempts(stores: Stores) -> None:
    await promise(stores, "a")
    [message] = await stores.outbox.due("withdraw", at=NOW, limit=9)
    later = NOW + timedelta(seconds=30)
    await stores.outbox.retry(message, at=later)
    assert await stores.outbox.due("withdraw", at=NOW, limit=9) == ()
    [again] = await stores.outbox.due("withdraw", at=later, limit=9)
    assert (again.key, again.attempt) == ("a", 1)


async def test_a_new_promise_under_a_waiting_key_is_due_at_once(stores: Stores) -> None:
    await promise(stores, "a")
    [message] = await stores.outbox.due("withdraw", at=NOW, limit=9)
    await stores.outbox.retry(message, at=NOW + timedelta(hours=1))
    await promise(stores, "a")
    [again] = await stores.outbox.due("withdraw", at=NOW, limit=9)
    assert again.attempt == 0


async def test_promises_are_found_by_how_their_key_begins_due_or_not(stores: Stores) -> None:
    await promise(stores, "VE/a", "CO/a", "VE/b", "V_/a")
    [first, *_] = await stores.outbox.due("withdraw", at=NOW, limit=1)
    await stores.outbox.retry(first, at=NOW + timedelta(hours=1))
    assert [each.key for each in await stores.outbox.starting("withdraw", "VE/", limit=9)] == ["VE/a", "VE/b"]
    assert [each.key for each in await stores.outbox.starting("withdraw", "", limit=3)] == ["VE/a", "CO/a", "VE/b"]
    assert await stores.outbox.starting("register", "", limit=9) == ()
    assert [each.key for each in await stores.outbox.starting("withdraw", "V_", limit=9)] == ["V_/a"]
