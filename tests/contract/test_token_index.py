"""Contract of the port `TokenIndex`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from corridor.flows.ports.people import START
from corridor.flows.ports.token_index import Progress, TokenIndex
from corridor.storage.database import Database
from corridor.storage.node.token_index import SqlTokenIndex
from tests.fakes.token_index import FakeIndex


@pytest.fixture
async def index(stores_url: str) -> AsyncIterator[TokenIndex]:
    """The port in memory, on SQLite and on PostgreSQL."""
    if not stores_url:
        yield FakeIndex()
        return
    database = Database(stores_url)
    yield SqlTokenIndex(database)
    await database.close()


async def test_indexing_begins_at_the_beginning(index: TokenIndex) -> None:
    assert await index.progress(1) == Progress(START, 0)


async def test_it_goes_on_from_the_last_mark_of_its_own_key(index: TokenIndex) -> None:
    first, second = Progress((1_770_000_000_000_000, 40), 40), Progress((1_770_000_000_000_001, 80), 80)
    await index.move(1, first)
    await index.move(2, Progress((5, 5), 1))
    await index.move(1, second)
    assert await index.progress(1) == second
    assert await index.progress(2) == Progress((5, 5), 1)


async def test_it_can_be_sent_back_to_the_beginning(index: TokenIndex) -> None:
    await index.move(1, Progress((7, 7), 7))
    await index.move(1, Progress())
    assert await index.progress(1) == Progress()


async def test_a_mark_outlives_whoever_set_it(node_url: str) -> None:
    mark = Progress((2**53, 2**40), 1_000_000)
    for _ in range(2):
        database = Database(node_url)
        await SqlTokenIndex(database).move(1, mark)
        await database.close()
    database = Database(node_url)
    assert await SqlTokenIndex(database).progress(1) == mark
    await database.close()
