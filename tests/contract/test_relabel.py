"""What an earlier release stored crosses by the labels of this one, once they were written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from corridor.domain.category import Category
from corridor.domain.record import Draft
from corridor.flows.ports.unit import Projected
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.relabel import BATCH, living, relabel
from corridor.storage.node.tables import projection, record
from tests.contract.conftest import Stores, sql_stores
from tests.contract.samples import NOW, drafted, medication, patient, statement, viral_load

SOURCE = "urn:corridor:pe"
AGAIN = BATCH + 1
"""Results of one person, so that one batch is not enough."""


def observed(id: str, text: str, **more: Any) -> Draft:
    about = {"subject": {"reference": "Patient/ana"}}
    return drafted({"resourceType": "Observation", "status": "final", "code": {"text": text}, **about, **more}, id)


@pytest.fixture
async def stores(database: Database) -> Stores:
    """A node with records of one person."""
    stores = sql_stores(database)
    told = observed("told", "Hemograma", method={"text": "TDF/3TC/DTG"})
    papers = observed("papers", "Nacionalidad")
    others = [medication("m", "J05AR27"), statement("s", of="ana", medication="m"), observed("gone", "Peso")]
    results = [viral_load(f"v{number}", of="ana", on="2024-02-01") for number in range(AGAIN)]
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), told, papers, *others, *results], at=NOW)
        await unit.delete("Observation", "gone", at=NOW)
    await stores.records.close()
    return stores


async def crossing(stores: Stores) -> Sequence[Projected]:
    async with stores.units.begin() as unit:
        rows: Sequence[Projected] = await unit.projection("ana")
        return rows


async def forget(database: Database, seals: KeyRing, *, template: bytes) -> None:
    """Make the base one of an earlier release: fewer categories, a paper that crossed and a result that did not."""
    async with database.write() as connection:
        found = (await connection.execute(select(record.c.id, record.c.key))).all()
        keys = {row[0]: row[1] for row in found}
        own = projection.c.key == keys["told"]
        earlier = {"category": "other", "template": bodies.pack(template, seals, "ana")}
        await connection.execute(update(projection).where(own).values(earlier))
        await connection.execute(delete(projection).where(projection.c.key == keys["v0"]))
        row = {"key": keys["papers"], "effective": None, "patient_id": "ana", "category": "other"}
        await connection.execute(insert(projection).values(**row, template=bodies.pack(b"{}", seals, "ana")))


async def test_what_an_earlier_release_stored_crosses_by_the_labels_of_this_one(
    stores: Stores, database: Database, seals: KeyRing
) -> None:
    fresh = await crossing(stores)
    told = next(row for row in fresh if row.id == "told")
    assert (told.category, told.also) == (Category.OTHER, {Category.REGIMEN})
    await forget(database, seals, template=told.template)
    assert "papers" in {row.id for row in await crossing(stores)}
    seen: list[int] = []
    assert await relabel(database, SOURCE, seen.append) == len(("told", "v0", "papers"))
    assert await crossing(stores) == fresh
    assert sum(seen) == await living(database) == len(("ana", "told", "papers", "m", "s")) + AGAIN
    assert len(seen) > 1
    assert await relabel(database, SOURCE, seen.append) == 0
    assert await crossing(stores) == fresh


async def test_another_name_of_the_source_is_written_into_everything(stores: Stores, database: Database) -> None:
    assert await relabel(database, "urn:corridor:lima", lambda _: None) == await living(database) - len(("papers",))
    assert all(b"urn:corridor:lima" in row.template for row in await crossing(stores))
