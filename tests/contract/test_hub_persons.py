"""The port `Persons` on both databases."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import text

from corridor.domain.country import Country
from corridor.domain.matching_request import PersonEntry
from corridor.domain.secret import Secret
from corridor.storage.database import Database
from corridor.storage.hub.persons import SqlPersons

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")


@pytest.fixture
def persons(hub_database: Database) -> SqlPersons:
    return SqlPersons(hub_database, Secret(bytes(32)))


def entry(number: int, *tokens: tuple[int, int]) -> PersonEntry:
    return PersonEntry(bytes([number]) * 16, tuple((kind, bytes([value]) * 16) for kind, value in tokens), (1, 2, 3, 4))


def asked(*tokens: tuple[int, int]) -> list[tuple[int, bytes]]:
    return [(kind, bytes([value]) * 16) for kind, value in tokens]


async def test_a_person_is_found_by_each_token_that_agrees(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10), (2, 20), (2, 21), (3, 30))])
    [found] = await persons.agreeing(1, asked((1, 10), (2, 20), (2, 21), (3, 99)), besides=PE)
    assert found.country == VE
    assert found.handle == bytes([1]) * 16
    assert found.flags == (1, 2, 3, 4)
    assert found.agreeing == (0, 1, 2)


async def test_a_country_does_not_find_its_own(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    assert await persons.agreeing(1, asked((1, 10)), besides=VE) == ()


async def test_the_same_value_of_another_kind_or_epoch_is_another_token(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    assert await persons.agreeing(1, asked((2, 10)), besides=PE) == ()
    assert await persons.agreeing(2, asked((1, 10)), besides=PE) == ()


async def test_a_country_that_is_gone_is_forgotten_and_no_other(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    await persons.put(CO, 1, [entry(2, (1, 10))])
    await persons.forget([VE])
    assert [found.country for found in await persons.agreeing(1, asked((1, 10)), besides=PE)] == [CO]
    assert await persons.count() == {CO: 1}


async def test_registering_again_replaces_tokens_and_flags(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    await persons.put(VE, 1, [PersonEntry(bytes([1]) * 16, ((1, bytes([11]) * 16),), (0, 0, 0, 0))])
    assert await persons.agreeing(1, asked((1, 10)), besides=PE) == ()
    [found] = await persons.agreeing(1, asked((1, 11)), besides=PE)
    assert found.flags == (0, 0, 0, 0)
    assert await persons.count() == {VE: 1}


async def test_tokens_of_two_keys_live_side_by_side(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    await persons.put(VE, 2, [entry(1, (1, 20))])
    assert len(await persons.agreeing(1, asked((1, 10)), besides=PE)) == 1
    assert len(await persons.agreeing(2, asked((1, 20)), besides=PE)) == 1
    assert await persons.count() == {VE: 1}


async def test_the_same_handle_in_two_countries_is_two_persons(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    await persons.put(CO, 1, [entry(1, (1, 10))])
    found = await persons.agreeing(1, asked((1, 10)), besides=PE)
    assert {candidate.country for candidate in found} == {VE, CO}
    assert await persons.count() == {CO: 1, VE: 1}


async def test_only_a_persons_own_country_can_remove_it(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10)), entry(2, (1, 10))])
    await persons.remove(CO, [bytes([1]) * 16])
    assert await persons.count() == {VE: 2}
    await persons.remove(VE, [bytes([1]) * 16, bytes([9]) * 16])
    [left] = await persons.agreeing(1, asked((1, 10)), besides=PE)
    assert left.handle == bytes([2]) * 16


async def test_more_persons_than_one_statement_holds_are_registered_and_replaced(persons: SqlPersons) -> None:
    many = [PersonEntry(secrets.token_bytes(16), ((1, secrets.token_bytes(16)),), (0, 0, 0, 0)) for _ in range(700)]
    await persons.put(VE, 1, many)
    await persons.put(VE, 1, many)
    assert await persons.count() == {VE: 700}
    found = await persons.agreeing(1, [token for person in many for token in person.tokens], besides=PE)
    assert len(found) == 700
    await persons.remove(VE, [person.handle for person in many])
    assert await persons.count() == {}


async def test_the_stored_token_is_not_the_token(persons: SqlPersons, hub_database: Database) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    async with hub_database.read() as connection:
        [[stored]] = (await connection.execute(text("SELECT value FROM token"))).all()
    assert stored.to_bytes(8, "big", signed=True) not in bytes([10]) * 16
    other = SqlPersons(hub_database, Secret(bytes([1]) * 32))
    assert await other.agreeing(1, asked((1, 10)), besides=PE) == ()


async def test_a_person_with_many_tokens_is_found_by_any_of_them(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, *((1, value) for value in range(100)))])
    for first in (0, 39, 40, 99):
        [found] = await persons.agreeing(1, asked(*((2, value) for value in range(100)), (1, first)), besides=PE)
        assert found.agreeing == (100,)
    [found] = await persons.agreeing(1, asked(*((1, value) for value in range(100))), besides=PE)
    assert found.agreeing == tuple(range(100))
    assert await persons.agreeing(1, [], besides=PE) == ()


async def test_a_token_that_is_asked_twice_agrees_once(persons: SqlPersons) -> None:
    await persons.put(VE, 1, [entry(1, (1, 10))])
    [found] = await persons.agreeing(1, asked((2, 20), (1, 10), (1, 10)), besides=PE)
    assert found.agreeing == (1,)


async def test_the_size_is_never_too_small(persons: SqlPersons) -> None:
    assert await persons.size() == 0
    await persons.put(VE, 1, [entry(1, (1, 10)), entry(2, (1, 11))])
    await persons.put(CO, 1, [entry(1, (1, 10))])
    assert await persons.size() >= 3


async def test_flags_of_four_and_of_six_numbers_come_back_as_they_were(persons: SqlPersons) -> None:
    await persons.put(
        VE, 1, [entry(1, (1, 10)), PersonEntry(bytes([2]) * 16, ((1, bytes([10]) * 16),), (1, 2, 3, 4, 1, 7))]
    )
    found = await persons.agreeing(1, asked((1, 10)), besides=PE)
    assert sorted(each.flags for each in found) == [(1, 2, 3, 4), (1, 2, 3, 4, 1, 7)]
