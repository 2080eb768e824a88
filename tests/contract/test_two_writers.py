"""Two processes write to one node's database: each holds the log's head from its first statement to its last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from corridor.domain.audit.fact import AuditKind
from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.node.tables import log_head
from corridor.storage.node.verify import verify_log
from tests.contract.conftest import Stores, sql_stores
from tests.contract.samples import NOW, OPEN, fact, organization, patient, viral_load


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[Stores, Stores]]:
    other = Database(database.url.render_as_string(hide_password=False), database.seals)
    stores = sql_stores(database), sql_stores(other)
    yield stores
    for each in stores:
        await each.records.close()
    await other.close()


async def _write(stores: Stores, name: str) -> int:
    async with stores.units.begin() as unit:
        [record] = await unit.write([organization(name, "Hospital")], at=NOW)
        await unit.audit(fact(AuditKind.CREATE, resource=f"Organization/{name}", of=()))
    return int(record.version)


async def test_what_two_write_at_once_is_all_there_and_the_log_is_whole(
    database: Database, two: tuple[Stores, Stores]
) -> None:
    for turn in range(4):
        await asyncio.gather(*(_write(each, f"o{turn}") for each in two))
        await two[turn % 2].audit.append(fact())
    assert [await _write(each, "o0") for each in two] == [3, 4]
    assert (await two[0].audit.state(0)).size == 14
    assert (await verify_log(database, OPEN)).whole


async def test_a_log_whose_head_was_altered_takes_nothing_more(database: Database, two: tuple[Stores, Stores]) -> None:
    await _write(two[0], "o1")
    async with database.write() as connection:
        await connection.execute(log_head.update().values(root=b"\0" * 32))
    with pytest.raises(UnavailableError):
        await _write(two[0], "o2")
    with pytest.raises(UnavailableError):
        async with two[0].units.begin() as unit:
            await unit.write([organization("o2", "Hospital")], at=NOW)
    assert await two[0].records.read("Organization", "o2") is None


async def test_what_was_referred_to_and_then_deleted_is_missing(two: tuple[Stores, Stores]) -> None:
    async with two[0].units.begin() as unit:
        await unit.write([patient("ana")], at=NOW)
    async with two[0].units.begin() as unit:
        await unit.write([viral_load("v1", of="ana", on="2024-02-01")], at=NOW)
        assert await unit.missing(["Patient/ana"]) == ()
        await unit.delete("Patient", "ana", at=NOW)
        assert await unit.missing(["Patient/ana"]) == ("Patient/ana",)
