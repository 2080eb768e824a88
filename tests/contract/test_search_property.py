"""Whatever is stored and asked: both databases find what looking at every resource finds, in the same order.

Callers who ask at the same time find what each finds alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import delete

from corridor.domain.query import Query
from corridor.domain.record import Draft
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.tables import FACTS, history, projection, record
from tests.contract.conftest import sql_stores
from tests.contract.samples import HOME, NOW, SIGN
from tests.contract.worlds import queries, worlds
from tests.databases import KINDS, Databases
from tests.fakes.node import FakeNode

_TOGETHER = 5
"""Callers at once: more than there are connections, so that some are answered by one statement."""

Found = tuple[list[str], int | None, list[list[str]]]


class Pair:
    """A node in memory and one on a database, which must answer alike."""

    def __init__(self, url: str, seals: KeyRing) -> None:
        self._runner = asyncio.Runner()
        self._database = Database(url, seals)
        self._stores = sql_stores(self._database)

    def check(self, world: Sequence[Draft], asked: Sequence[Query]) -> None:
        self._runner.run(self._check(world, asked))

    def close(self) -> None:
        async def close() -> None:
            await self._stores.records.close()
            await self._database.close()

        self._runner.run(close())
        self._runner.close()

    async def _check(self, world: Sequence[Draft], asked: Sequence[Query]) -> None:
        fake = FakeNode(HOME, SIGN)
        async with self._database.write() as connection:
            for table in (*FACTS, projection, history, record):
                await connection.execute(delete(table))
        for number, draft in enumerate(world):
            for units in (fake.units, self._stores.units):
                async with units.begin() as unit:
                    await unit.write([draft], at=NOW + timedelta(seconds=number // 2))
        for query in asked:
            expected = await _through(fake.records, query)
            assert await _through(self._stores.records, query) == expected, query
            together = await asyncio.gather(*(_through(self._stores.records, query) for _ in range(_TOGETHER)))
            assert together == [expected] * _TOGETHER, query


async def _through(records: object, query: Query) -> Found:
    """All ids in order, the total of the first page, and what goes along with each page."""
    ids: list[str] = []
    along: list[list[str]] = []
    total: int | None = None
    while True:
        page: Page = await records.search(query)  # type: ignore[attr-defined]  # one of two adapters
        total = page.total if not query.after else total
        ids += [each.id for each in page.records]
        along.append(sorted(f"{each.resource_type}/{each.id}" for each in page.included))
        if not page.after:
            return ids, total, along
        query = replace(query, after=page.after)


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_finds_what_looking_at_everything_finds(databases: Databases, kind: str, seals: KeyRing) -> None:
    url = databases.migrated(kind, "node")
    pair = Pair(url, seals)

    @settings(max_examples=60, deadline=None)
    @given(worlds(), st.lists(queries(), min_size=4, max_size=10))
    def check(world: Sequence[Draft], asked: Sequence[Query]) -> None:
        pair.check(world, asked)

    try:
        check()
    finally:
        pair.close()
        databases.drop(url)
