"""Contract of the port `Histories`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from corridor.domain.errors import InvalidError
from corridor.domain.record import Record
from corridor.domain.versions import VersionQuery
from corridor.fhir.versions import read_versions
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, organization, patient, viral_load

EVERYTHING = VersionQuery(count=500)


def minute(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


async def write(stores: Stores, *drafts: Any, at: int) -> None:
    async with stores.units.begin() as unit:
        await unit.write(drafts, at=minute(at))


async def delete(stores: Stores, resource_type: str, id: str, *, at: int) -> None:
    async with stores.units.begin() as unit:
        await unit.delete(resource_type, id, at=minute(at))


async def fill(stores: Stores) -> None:
    """Two people, an organisation and a result; one person changes twice, the result is deleted."""
    await write(stores, patient("ana"), patient("eva"), at=0)
    await write(stores, organization("o1", "Hospital Uno"), viral_load("v1", of="ana", on="2024-02-01"), at=1)
    await write(stores, patient("ana", given="Ana Lucía"), at=2)
    await delete(stores, "Observation", "v1", at=3)
    await write(stores, patient("ana", given="Ana Luisa"), at=4)


def shown(records: tuple[Record, ...]) -> list[str]:
    return [f"{each.id}{each.version}{'' if each.body else '-'}" for each in records]


async def versions(stores: Stores, wanted: VersionQuery) -> list[str]:
    return shown((await stores.histories.page(wanted)).records)


async def through(stores: Stores, wanted: VersionQuery, *, between: int = 0) -> list[str]:
    """Every page, one after another; with something written between two of them."""
    found: list[str] = []
    while True:
        page = await stores.histories.page(wanted)
        found += shown(page.records)
        if not page.after:
            return found
        wanted = replace(wanted, after=page.after)
        for name in range(between):
            await write(stores, patient(["ana", "eva"][name % 2], given="Otra"), at=1000 + len(found))


async def test_the_base_is_shown_newest_first_with_what_was_deleted(stores: Stores) -> None:
    await fill(stores)
    assert await versions(stores, EVERYTHING) == ["ana3", "v12-", "ana2", "o11", "v11", "eva1", "ana1"]
    assert await versions(stores, replace(EVERYTHING, descending=False)) == [
        "ana1", "eva1", "v11", "o11", "ana2", "v12-", "ana3"
    ]  # fmt: skip


async def test_a_type_and_a_resource_show_their_own(stores: Stores) -> None:
    await fill(stores)
    assert await versions(stores, VersionQuery("Patient")) == ["ana3", "ana2", "eva1", "ana1"]
    assert await versions(stores, VersionQuery("Patient", "ana")) == ["ana3", "ana2", "ana1"]
    assert await versions(stores, VersionQuery("Observation", "v1")) == ["v12-", "v11"]
    assert await versions(stores, VersionQuery("Observation", "ana")) == []
    assert await versions(stores, VersionQuery("Encounter")) == []


async def test_each_version_is_the_one_that_a_read_of_it_gives(stores: Stores) -> None:
    await fill(stores)
    for each in (await stores.histories.page(EVERYTHING)).records:
        read = await stores.records.read_version(each.resource_type, each.id, each.version)
        told = msgspec.structs.replace(each, created=bool(read and read.created))
        assert read == told  # whether it was created is told by the history alone


async def test_one_resource_runs_by_version_even_where_a_clock_was_put_back(stores: Stores) -> None:
    for at in (5, 3, 4):
        await write(stores, patient("ana"), at=at)
    assert await versions(stores, VersionQuery("Patient", "ana")) == ["ana3", "ana2", "ana1"]
    assert await through(stores, VersionQuery("Patient", "ana", count=1)) == ["ana3", "ana2", "ana1"]
    assert await versions(stores, VersionQuery("Patient")) == ["ana1", "ana3", "ana2"]


@pytest.mark.parametrize(
    ("since", "expected"),
    [(0, 7), (1, 5), (2, 3), (4, 1), (5, 0)],
)
async def test_since_an_instant_includes_what_was_written_then(stores: Stores, since: int, expected: int) -> None:
    await fill(stores)
    page = await stores.histories.page(replace(EVERYTHING, since=minute(since), counted=True))
    assert (len(page.records), page.total) == (expected, expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-9, 0, []),
        (-9, 1, ["eva1", "ana1"]),
        (1, 2, ["o11", "v11", "eva1", "ana1"]),
        (2, 3, ["ana2", "o11", "v11", "eva1"]),
        (2, 4, ["v12-", "ana2", "o11", "v11", "eva1"]),
        (3, 4, ["v12-", "ana2", "o11", "eva1"]),
        (9, 10, ["ana3", "v12-", "o11", "eva1"]),
    ],
)
async def test_at_a_time_shows_what_was_current_then(stores: Stores, start: int, end: int, expected: list[str]) -> None:
    await fill(stores)
    wanted = replace(EVERYTHING, at=(minute(start), minute(end)), counted=True)
    page = await stores.histories.page(wanted)
    assert (shown(page.records), page.total) == (expected, len(expected))
    assert await through(stores, replace(wanted, count=1)) == expected


async def test_versions_are_counted_where_that_is_asked_for(stores: Stores) -> None:
    await fill(stores)
    assert (await stores.histories.page(VersionQuery("Patient", count=1))).total is None
    assert (await stores.histories.page(VersionQuery("Patient", count=1, counted=True))).total == 4
    assert (await stores.histories.page(VersionQuery("Patient", "eva", counted=True))).total == 1
    only = await stores.histories.page(VersionQuery(count=0))
    assert (only.records, only.total, only.after) == ((), 7, "")


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("place", [("", ""), ("Patient", ""), ("Patient", "ana")])
async def test_pages_join_without_gap_or_repetition_whatever_is_written_between(
    stores: Stores, place: tuple[str, str], *, descending: bool
) -> None:
    await fill(stores)
    await write(stores, *(patient(f"p{number:02}") for number in range(9)), at=5)
    wanted = VersionQuery(*place, descending=descending, count=500)
    everything = await versions(stores, wanted)
    for count in (1, 2, 3, 7):
        assert await through(stores, replace(wanted, count=count)) == everything
    seen = await through(stores, replace(wanted, count=2), between=2 if descending else 0)
    assert seen == everything


async def test_a_place_is_not_one_of_another_history(stores: Stores) -> None:
    await fill(stores)
    after = (await stores.histories.page(VersionQuery("Patient", count=2))).after
    for other in (VersionQuery("Observation", count=2, after=after), VersionQuery("Patient", "eva", after=after)):
        with pytest.raises(InvalidError):
            await stores.histories.page(other)


@pytest.mark.parametrize("after", ["x", "AAAA", "%%%", "a" * 500, "WyItLyIsWzEsIlAiLCJhIiwxXV0"])
async def test_a_place_that_is_not_ours_is_refused(stores: Stores, after: str) -> None:
    await fill(stores)
    with pytest.raises(InvalidError):
        await stores.histories.page(VersionQuery("Patient", after=after))


async def test_what_stands_is_told_of_many_at_once(stores: Stores) -> None:
    await fill(stores)
    names = [("Patient", "ana"), ("Observation", "v1"), ("Patient", "nobody"), ("Observation", "ana")]
    async with stores.units.begin() as unit:
        standing = await unit.standing(names)
    assert {name: standing.get(name) for name in names} == {
        ("Patient", "ana"): (3, True),
        ("Observation", "v1"): (2, False),
        ("Patient", "nobody"): None,
        ("Observation", "ana"): None,
    }


async def test_a_write_tells_whether_there_was_nothing_before(stores: Stores) -> None:
    created = []
    for at, deletes in enumerate([False, False, True, False]):
        async with stores.units.begin() as unit:
            if deletes:
                await unit.delete("Patient", "ana", at=minute(at))
            else:
                [record] = await unit.write([patient("ana")], at=minute(at))
                created.append(record.created)
    assert created == [True, False, True]


def test_what_a_history_is_asked_for_is_told_back_as_it_was_understood() -> None:
    pairs = [("_since", "2024-05"), ("_count", "9999"), ("_sort", "_lastUpdated"), ("_cursor", "abc"), ("_format", "x")]
    found = read_versions(("Patient", ""), pairs)
    assert found.understood == (("_since", "2024-05"), ("_count", "500"), ("_sort", "_lastUpdated"))
    assert (found.query.count, found.query.descending, found.query.after) == (500, False, "abc")
    assert (found.query.counted, read_versions(("Patient", "ana"), []).query.counted) == (False, True)
