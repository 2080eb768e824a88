"""A database of an earlier release is carried over: nothing is lost, and everything is found again."""

from __future__ import annotations

from datetime import UTC

from alembic import command
from sqlalchemy import Connection, select, text

from corridor.domain.query import Query
from corridor.storage.database import Database
from corridor.storage.migrations import _config, upgrade
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.reindex import reindex
from corridor.storage.node.tables import projection, record
from corridor.storage.revisions import version_table
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, organization, patient, query, viral_load

FIRST_RELEASE = "0001"
UNITS_BY_CODE = "0021"
"""The tables of today, whose amounts an earlier release wrote by the codes of their units alone."""


def _first_release(connection: Connection) -> None:
    _release(connection, FIRST_RELEASE)


def _release(connection: Connection, revision: str) -> None:
    config = _config("node")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table("node")
    command.upgrade(config, revision)


async def _written(url: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of this release, as the first one would have had them."""
    database = Database(url)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        await unit.write(
            [patient("ana"), viral_load("v1", of="ana", on="2024-02-01"), organization("o1", "Sur")], at=NOW
        )
        await unit.write([organization("o2", "Norte")], at=NOW)
        await unit.delete("Organization", "o2", at=NOW)
    async with database.read() as connection:
        records = [dict(row) for row in (await connection.execute(select(record))).mappings()]
        projections = [dict(row) for row in (await connection.execute(select(projection))).mappings()]
    await stores.records.close()
    await database.close()
    return records, projections


async def _earlier(url: str, records: list[dict[str, object]], projections: list[dict[str, object]]) -> Database:
    """A database of the first release that holds these rows."""
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(_first_release)
        for row in records:
            kept = {name: row[name] for name in ("key", "resource_type", "id", "version", "updated_at", "patient_id")}
            kept |= {"body": row["body"], "effective": row["effective"], "effective_end": row["effective_end"]}
            names = ", ".join(kept)
            places = ", ".join(f":{name}" for name in kept)
            await connection.execute(
                text(f"INSERT INTO record ({names}, code, code_system) VALUES ({places}, '', '')"),  # noqa: S608  # names of columns
                kept,
            )
        by_key = {row["key"]: row for row in records}
        for row in projections:
            of = by_key[row["key"]]
            kept = {name: row[name] for name in ("patient_id", "category", "effective", "template")}
            kept |= {"id": of["id"], "resource_type": of["resource_type"]}
            names, places = ", ".join(kept), ", ".join(f":{name}" for name in kept)
            await connection.execute(text(f"INSERT INTO projection ({names}) VALUES ({places})"), kept)  # noqa: S608  # names of columns
    return database


async def _found(records: SqlRecords, asked: Query) -> list[str]:
    return [each.id for each in (await records.search(asked)).records]


async def test_records_of_the_first_release_are_found_by_every_parameter(node_url: str, empty_url: str) -> None:
    before = await _written(node_url)
    database = await _earlier(empty_url, *before)
    await database.close()
    await upgrade(empty_url, "node")
    database = Database(empty_url)
    records = SqlRecords(database)
    assert await _found(records, query("Observation?code=20447-9")) == []
    assert await reindex(database, UTC) == 3
    assert await _found(records, query("Observation?code=20447-9&date=2024-02-01&value-quantity=50")) == ["v1"]
    assert await _found(records, query("Observation?patient=ana")) == ["v1"]
    assert await _found(records, query("Organization?")) == ["o1"]
    assert await _found(records, query("Patient?family=quispe")) == ["ana"]
    assert await reindex(database, UTC) == 0
    await records.close()
    async with database.read() as connection:
        projections = [dict(row) for row in (await connection.execute(select(projection))).mappings()]
        rows = [dict(row) for row in (await connection.execute(select(record))).mappings()]
    assert sorted(projections, key=lambda row: row["key"]) == sorted(before[1], key=lambda row: row["key"])  # type: ignore[arg-type, return-value]  # keys are numbers
    assert {row["id"]: row["body"] for row in rows} == {row["id"]: row["body"] for row in before[0]}
    await database.close()


async def test_amounts_that_were_written_by_their_codes_alone_are_found_as_they_are_written(
    empty_url: str, seals: KeyRing
) -> None:
    database = Database(empty_url, seals)
    async with database.write() as connection:
        await connection.run_sync(_release, UNITS_BY_CODE)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        drafts = [
            patient("ana"),
            viral_load("v1", of="ana", on="2024-02-01"),
            viral_load("v2", of="ana", on="2024-02-02"),
        ]
        await unit.write(drafts, at=NOW)
        await unit.write([organization("o1", "Sur")], at=NOW)
        await unit.delete("Observation", "v2", at=NOW)
    async with database.write() as connection:
        await connection.execute(text("UPDATE unit SET text = ''"))
    written = query("Observation?value-quantity=50||copies/mL")
    assert await _found(stores.records, written) == []
    await stores.records.close()
    await database.close()
    await upgrade(empty_url, "node")
    database = Database(empty_url, seals)
    assert await reindex(database, UTC) == 2
    records = SqlRecords(database)
    assert await _found(records, written) == ["v1"]
    assert await _found(records, query("Observation?code=20447-9&date=2024-02-01")) == ["v1"]
    assert await _found(records, query("Patient?family=quispe")) == ["ana"]
    assert await _found(records, query("Organization?name=sur")) == ["o1"]
    await records.close()
    await database.close()
