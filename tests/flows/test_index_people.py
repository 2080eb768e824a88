"""A whole register is told to the hub, and a run that was stopped goes on where it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.flows.index_next import index_next
from corridor.flows.index_people import IndexDesk, index_people
from corridor.flows.register_person import register_person
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.holders import dealt_key
from tests.fakes.hub import EPOCH
from tests.fakes.resources import patient
from tests.fakes.token_index import FakeIndex

PEOPLE = 90


@pytest.fixture
def federation(tmp_path: Path) -> FakeFederation:
    return FakeFederation(tmp_path, "PE", "VE")


@pytest.fixture
async def lima(federation: FakeFederation) -> FakeCountry:
    country = federation["PE"]
    for number in range(PEOPLE):
        await country.write(f"p{number}", patient(given=f"Ana {number}"))
    return country


def desk_of(country: FakeCountry, index: FakeIndex, jobs: int = 3) -> IndexDesk:
    return IndexDesk(country.registering.telling, index, jobs)


def known(federation: FakeFederation) -> int:
    return sum(country == "PE" for country, _ in federation.hub.persons.entries)


async def test_everybody_is_registered_and_a_second_run_has_nothing_to_do(
    federation: FakeFederation, lima: FakeCountry
) -> None:
    told: list[int] = []
    desk = desk_of(lima, FakeIndex())
    assert await index_people(dealt_key(EPOCH), desk=desk, advance=told.append) == PEOPLE
    assert (known(federation), sum(told)) == (PEOPLE, PEOPLE)
    assert await index_people(dealt_key(EPOCH), desk=desk, advance=told.append) == 0


async def test_a_run_that_is_stopped_goes_on_where_it_was(federation: FakeFederation, lima: FakeCountry) -> None:
    index = FakeIndex()

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await index_people(dealt_key(EPOCH), desk=desk_of(lima, index), advance=stop)
    behind = index.marks[EPOCH].done
    assert 0 < behind < PEOPLE
    rest = await index_people(dealt_key(EPOCH), desk=desk_of(lima, index), advance=lambda _: None)
    assert behind + rest == PEOPLE
    assert known(federation) == PEOPLE


async def test_holders_that_are_away_too_long_stop_a_run_and_nothing_is_lost(
    federation: FakeFederation, lima: FakeCountry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corridor.flows.index_people._PAUSE_SECONDS", 0.0)
    index = FakeIndex()
    federation.holders.away = {1, 2, 3}
    with pytest.raises(UnavailableError):
        await index_people(dealt_key(EPOCH), desk=desk_of(lima, index), advance=lambda _: None)
    assert index.marks == {}
    federation.holders.away = set()
    await index_people(dealt_key(EPOCH), desk=desk_of(lima, index), advance=lambda _: None)
    assert known(federation) == PEOPLE


async def test_while_a_key_is_changed_a_node_tells_the_hub_everybody_under_both(
    federation: FakeFederation, lima: FakeCountry
) -> None:
    index = FakeIndex()
    assert await index_next(desk=desk_of(lima, index)) == 0
    directory = federation.hub.directory
    directory.known = replace(directory.known, next_key=dealt_key(EPOCH + 1))
    turns = 0
    while await index_next(desk=desk_of(lima, index)):
        turns += 1
        await asyncio.sleep(0)
    assert turns == 3
    assert {epoch for epoch, _ in federation.hub.persons.entries.values()} == {EPOCH + 1}
    assert known(federation) == PEOPLE


async def test_somebody_new_is_registered_under_both_keys(federation: FakeFederation) -> None:
    directory, lima = federation.hub.directory, federation["PE"]
    directory.known = replace(directory.known, next_key=dealt_key(EPOCH + 1))
    asked_before = len(federation.holders.asked)
    await lima.write("p1", patient())
    assert await register_person(desk=lima.registering) == 1
    assert len(federation.holders.asked) == asked_before + 2
    assert Country("PE") in {country for country, _ in federation.hub.persons.entries}
