"""Tokens of several keys at the hub, counted and forgotten, on both databases."""

from __future__ import annotations

import secrets

import pytest

from corridor.domain.country import Country
from corridor.domain.matching_request import PersonEntry
from corridor.domain.secret import Secret
from corridor.storage.database import Database
from corridor.storage.hub.epochs import SqlEpochs
from corridor.storage.hub.persons import SqlPersons

VE, PE = Country("VE"), Country("PE")
TOKENS = tuple((27, secrets.token_bytes(16)) for _ in range(4))
PEOPLE = [PersonEntry(secrets.token_bytes(16), TOKENS[number:], (1, 2, 3, 4)) for number in range(3)]


@pytest.fixture
async def epochs(hub_database: Database) -> SqlEpochs:
    """Three people under the first key, two of them under the second."""
    persons = SqlPersons(hub_database, Secret(bytes(32)))
    await persons.put(VE, 1, PEOPLE)
    await persons.put(VE, 2, PEOPLE[:2])
    return SqlEpochs(hub_database)


async def test_people_are_counted_once_for_each_key(epochs: SqlEpochs) -> None:
    assert await epochs.people() == {1: 3, 2: 2}


async def test_nobody_is_counted_where_nobody_is_registered(hub_database: Database) -> None:
    assert await SqlEpochs(hub_database).people() == {}
    assert await SqlEpochs(hub_database).forget(besides=[1]) == 0


async def test_only_tokens_of_other_keys_are_forgotten_and_only_once(epochs: SqlEpochs, hub_database: Database) -> None:
    assert await epochs.forget(besides=[1, 2]) == 0
    assert await epochs.forget(besides=[2]) == 4 + 3 + 2
    assert await epochs.forget(besides=[2]) == 0
    assert await epochs.people() == {2: 2}
    persons = SqlPersons(hub_database, Secret(bytes(32)))
    assert await persons.agreeing(1, TOKENS, besides=PE) == ()
    assert len(await persons.agreeing(2, TOKENS, besides=PE)) == 2
    assert await persons.count() == {VE: 3}
