"""Pages of a search hold what was there at the first one, each once, whatever is written meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, func, select

from corridor.domain.errors import GoneError, InvalidError, UnsupportedError
from corridor.domain.query import Query, Sort, TokenCriterion
from corridor.storage.database import Database
from corridor.storage.node import includes, sorted_pages
from corridor.storage.node.tables import metadata
from tests.contract.conftest import Stores, sql_stores
from tests.contract.samples import NOW, organization, patient, query, viral_load

sorted_list = metadata.tables["sorted_list"]
SORTS = ["", "_sort=_lastUpdated", "_sort=-_lastUpdated", "_sort=_id", "_sort=-_id", "_sort=name", "_sort=-name,_id"]


async def through(stores: Stores, asked: Query) -> list[str]:
    """Every id of every page."""
    seen: list[str] = []
    while True:
        page = await stores.records.search(asked)
        seen += [each.id for each in page.records]
        if not page.after:
            return seen
        asked = replace(asked, after=page.after)


async def fill(stores: Stores, count: int) -> None:
    for number in range(count):
        async with stores.units.begin() as unit:
            named = organization(f"o{number * 7 % count:02}", f"Hospital {number * 5 % count:02}")
            await unit.write([named], at=NOW + timedelta(seconds=number))


@pytest.mark.parametrize("sort", SORTS)
async def test_nothing_is_lost_or_shown_twice_while_everything_changes(stores: Stores, sort: str) -> None:
    await fill(stores, 12)
    asked = query(f"Organization?_count=3&{sort}")
    expected = await through(stores, asked)
    seen: list[str] = []
    at = NOW + timedelta(days=1)
    while True:
        page = await stores.records.search(asked)
        seen += [each.id for each in page.records]
        for number in range(12):  # all change their place in the order, new ones come, and one goes
            at += timedelta(seconds=1)
            async with stores.units.begin() as unit:
                if number != 5 or "o05" in seen:
                    await unit.write([organization(f"o{number:02}", f"A {99 - number} {len(seen)}")], at=at)
        async with stores.units.begin() as unit:
            await unit.write([organization(f"late{len(seen)}", "Hospital 00")], at=at)
            if "o05" not in seen:
                await unit.delete("Organization", "o05", at=at)
        if not page.after:
            break
        asked = replace(asked, after=page.after)
    told = [each for each in seen if not each.startswith("late")]
    assert [each for each in told if each != "o05"] == [each for each in expected if each != "o05"]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("sort", SORTS)
async def test_writers_beside_a_reader_disturb_no_page(database: Database, sort: str) -> None:
    stores = sql_stores(database)
    await fill(stores, 20)
    running = True

    async def write(offset: int) -> None:
        number = offset
        while running:
            number += 2
            async with stores.units.begin() as unit:
                at = NOW + timedelta(days=1, seconds=number)
                await unit.write([organization(f"o{number % 20:02}", f"Z {number}")], at=at)
            await asyncio.sleep(0)

    writers = [asyncio.create_task(write(offset)) for offset in (0, 1)]
    try:
        for _ in range(3):
            seen = await through(stores, query(f"Organization?_count=2&{sort}"))
            assert sorted(seen) == sorted(f"o{number:02}" for number in range(20))
    finally:
        running = False
        await asyncio.gather(*writers)
        await stores.records.close()


async def test_the_total_is_that_of_the_first_page(stores: Stores) -> None:
    await fill(stores, 8)
    for sort in SORTS:
        asked = query(f"Organization?_count=3&_total=accurate&{sort}")
        page = await stores.records.search(asked)
        assert page.total == 8
        while page.after:
            page = await stores.records.search(replace(asked, after=page.after))
            assert page.total == 8


async def test_a_long_sorted_search_is_kept_and_expires(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_pages, "SHORT", 4)
    monkeypatch.setattr("corridor.storage.node.search.SHORT", 4)
    monkeypatch.setattr(sorted_pages, "_PART", 3)
    stores = sql_stores(database)
    await fill(stores, 15)
    asked = query("Organization?_sort=name&_count=2")
    names = await through(stores, asked)
    assert len(set(names)) == len(names) == 15
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(sorted_list))).scalar_one() == 5
    after = (await stores.records.search(asked)).after
    async with database.write() as connection:
        await connection.execute(delete(sorted_list))
    with pytest.raises(GoneError):
        await stores.records.search(replace(asked, after=after))
    await stores.records.close()


async def test_a_sorted_search_ends_with_a_word_about_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sorted_pages", "search"):
        monkeypatch.setattr(f"corridor.storage.node.{module}.SHORT", 1)
        monkeypatch.setattr(f"corridor.storage.node.{module}.MOST", 6)
    stores = sql_stores(database)
    await fill(stores, 9)
    asked = query("Organization?_sort=name&_count=3")
    first = await stores.records.search(asked)
    second = await stores.records.search(replace(asked, after=first.after))
    assert (first.total, len(first.records), len(second.records)) == (9, 3, 3)
    assert second.after
    with pytest.raises(UnsupportedError):
        await stores.records.search(replace(asked, after=second.after))
    await stores.records.close()


async def test_a_page_that_would_need_too_many_others_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(includes, "MOST", 3)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        results = [viral_load(f"v{number}", of="ana", on="2024-01-01") for number in range(4)]
        await unit.write([patient("ana"), *results], at=NOW)
    with pytest.raises(UnsupportedError):
        await stores.records.search(query("Patient?_revinclude=Observation:patient"))
    assert len((await stores.records.search(query("Patient?"))).records) == 1
    await stores.records.close()


@pytest.mark.parametrize("sort", [(), (Sort("_id"),), (Sort("_lastUpdated"),), (Sort("name"),), (Sort("gender"),)])
async def test_places_of_other_orders_are_refused(stores: Stores, sort: tuple[Sort, ...]) -> None:
    await fill(stores, 5)
    others = [asked for asked in ((), (Sort("_id"),), (Sort("name"),), (Sort("_lastUpdated"),)) if asked != sort]
    for other in others:
        page = await stores.records.search(Query("Organization", sort=other, count=2))
        if stores.records.__class__.__name__ != "FakeRecords":
            with pytest.raises((InvalidError, UnsupportedError)):
                await stores.records.search(Query("Organization", sort=sort, count=2, after=page.after))


async def test_what_has_no_order_is_refused(database: Database) -> None:
    stores = sql_stores(database)
    with pytest.raises(UnsupportedError):
        await stores.records.search(Query("Organization", sort=(Sort("never-heard-of"),)))
    await stores.records.close()


async def test_many_values_of_one_criterion_are_all_looked_for(stores: Stores) -> None:
    await fill(stores, 12)
    any_of = tuple((None, f"o{number:02}") for number in range(0, 400, 2))
    page = await stores.records.search(Query("Organization", (TokenCriterion("_id", any_of),), sort=(Sort("_id"),)))
    assert [each.id for each in page.records] == [f"o{number:02}" for number in range(0, 12, 2)]
