"""What is made ready before a writer's turn comes is what would have been made in it; a fresh base stays fast."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.key_making import KeyMaking
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.ready import Prepared
from corridor.storage.seals import BOUND
from corridor.storage.statements import Statement
from tests.contract.conftest import Stores, sql_stores
from tests.contract.samples import HOME, NOW, patient, query, viral_load
from tests.databases import Databases
from tests.sealing import ring_in

_NUMBER = slice(1, 8)
_TOLD = Statement(text("SELECT pg_stat_force_next_flush()"))
_WHOLE = Statement(text("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'record'"))


@pytest.fixture
def on_postgresql(databases: Databases) -> Iterator[str]:
    url = databases.migrated("postgresql", "node")
    yield url
    databases.drop(url)


async def test_drafts_that_are_known_before_are_written_as_those_that_are_not(stores: Stores) -> None:
    known, unknown = viral_load("v1", of="ana", on="2024-02-01"), viral_load("v2", of="ana", on="2024-02-02")
    ana = patient("ana")
    async with stores.units.begin([ana, known]) as unit:
        records = await unit.write([ana, known, unknown, known], at=NOW)
    assert [(each.id, each.version) for each in records] == [("ana", 1), ("v1", 1), ("v2", 1), ("v1", 2)]
    assert await stores.records.read("Observation", "v1") == records[3]
    found = await stores.records.search(query("Observation?patient=ana&code=http://loinc.org|20447-9"))
    assert {each.id for each in found.records} == {"v1", "v2"}
    async with stores.units.begin() as unit:
        assert [each.id for each in await unit.projection("ana")] == ["ana", "v1", "v2"]


async def test_what_was_sealed_under_a_key_that_is_gone_is_made_again(tmp_path: Path) -> None:
    ring, draft = ring_in(tmp_path), viral_load("v1", of="ana", on="2024-02-01")
    prepared = Prepared(ring, HOME)
    await prepared.prepare([draft])
    [before], [again] = await prepared.of([draft]), await prepared.of([draft])
    assert before is again
    ring.keys.unname(ring.name_of("ana"))  # as an erasure does
    ring.forget_person("ana")
    [after] = await prepared.of([draft])
    assert before.projection
    assert after.projection
    old, new = before.projection["template"], after.projection["template"]
    assert (old[0], new[0]) == (BOUND, BOUND)
    assert old[_NUMBER] != new[_NUMBER]
    row = {**after.projection, "id": "v1", "patient_id": "ana"}
    assert draft.projection
    assert bodies.unpack_projection(row, ring) == draft.projection.template


async def test_a_base_that_was_empty_is_not_read_whole_while_it_is_filled(on_postgresql: str, seals: KeyRing) -> None:
    database = Database(on_postgresql, seals)
    stores = sql_stores(database)
    for turn in range(12):  # from the sixth on the server keeps the plan that it made when nothing was there
        async with stores.units.begin() as unit:
            await unit.write([patient(f"p{turn}")], at=NOW)
    async with database.statements() as statements:
        await statements.rows(_TOLD)
        [told] = await statements.rows(_WHOLE)
    await stores.records.close()
    await database.close()
    assert told["seq_tup_read"] == 0


async def test_keys_that_are_waited_for_together_are_made_together() -> None:
    made: list[set[bytes]] = []
    there: set[bytes] = set()

    def make(names: Collection[bytes]) -> None:
        made.append({*names} - there)
        there.update(names)

    making = KeyMaking(there.__contains__, make)
    await asyncio.gather(*(making.make([b"own", b"%d" % place]) for place in range(5)))
    await making.make([b"own"])
    assert made == [{b"own", b"0"}, {b"1", b"2", b"3", b"4"}]


async def test_keys_that_could_not_be_made_are_made_for_who_comes_next() -> None:
    there: set[bytes] = set()
    fails = [True]

    def make(names: Collection[bytes]) -> None:
        if fails.pop() if fails else False:
            raise UnavailableError("The file of data keys cannot be read or written.")
        there.update(names)

    making = KeyMaking(there.__contains__, make)
    first, second = await asyncio.gather(making.make([b"a"]), making.make([b"b"]), return_exceptions=True)
    assert (type(first), second) == (UnavailableError, None)
    assert b"b" in there
