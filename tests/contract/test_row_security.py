"""On PostgreSQL rows about people are there for connections that say what they are for, and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from corridor.storage.database import Database
from corridor.storage.drivers import POSTGRESQL_SETTINGS, READING
from corridor.storage.node.key_ring import KeyRing
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, patient, viral_load
from tests.databases import Databases

NAME = "corridor_plain"
"""A database role without privileges beyond its tables: neither superuser nor BYPASSRLS."""

GUARDED = ("record", "history", "projection", "person_key", "fact_string", "fact_token", "fact_date", "set_text")


@pytest.fixture
def plain_url(databases: Databases) -> Iterator[str]:
    """A node's database as a role without privileges sees it."""
    url = databases.migrated("postgresql", "node")
    asyncio.run(_granted(url))
    yield make_url(url).set(username=NAME).render_as_string(hide_password=False)
    databases.drop(url)


async def _granted(url: str) -> None:
    connection = await asyncpg.connect(Database(url).dsn)
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", NAME):
        await connection.execute(f"CREATE ROLE {NAME} LOGIN NOSUPERUSER NOBYPASSRLS")
    for what in ("TABLES", "SEQUENCES"):
        await connection.execute(f"GRANT ALL ON ALL {what} IN SCHEMA public TO {NAME}")
    await connection.close()


async def fill(url: str, seals: KeyRing) -> Any:
    database = Database(url, seals)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        results = [viral_load("v1", of="ana", on="2024-02-01", note=[{"text": "x"}])]
        await unit.write([patient("ana", birthDate="1988-05-14"), *results, patient("ana", family="Rojas")], at=NOW)
    found = await stores.records.read("Patient", "ana")
    await stores.records.close()
    await database.close()
    return found


async def connected(url: str, **settings: str) -> Any:
    return await asyncpg.connect(Database(url).dsn, server_settings=settings)


async def counts(connection: Any) -> dict[str, int]:
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in GUARDED}  # noqa: S608  # names of ours


async def test_a_node_works_as_a_role_without_privileges(plain_url: str, seals: KeyRing) -> None:
    found = await fill(plain_url, seals)
    assert b"Rojas" in found.body


async def test_a_connection_that_says_nothing_sees_no_row_and_writes_none(plain_url: str, seals: KeyRing) -> None:
    await fill(plain_url, seals)
    for settings in ({}, {"corridor.role": ""}, {"corridor.role": "analyst"}):
        connection = await connected(plain_url, **settings)
        assert set((await counts(connection)).values()) == {0}
        assert await connection.execute("DELETE FROM record") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO person_key VALUES ('bx', 'ana')")
        await connection.close()


async def test_a_reader_sees_rows_and_writes_none(plain_url: str, seals: KeyRing) -> None:
    await fill(plain_url, seals)
    connection = await connected(
        plain_url, **{**POSTGRESQL_SETTINGS, **READING, "default_transaction_read_only": "off"}
    )
    seen = await counts(connection)
    assert seen["record"] == 2
    assert min(seen["history"], seen["person_key"], seen["fact_string"]) > 0
    assert await connection.execute("UPDATE record SET body = NULL") == "UPDATE 0"
    assert await connection.execute("DELETE FROM person_key") == "DELETE 0"
    await connection.close()


async def test_a_setting_of_one_transaction_ends_with_it(plain_url: str, seals: KeyRing) -> None:
    await fill(plain_url, seals)
    connection = await connected(plain_url)
    async with connection.transaction():
        await connection.execute("SET LOCAL corridor.role = 'reader'")
        assert (await counts(connection))["record"] == 2
    assert (await counts(connection))["record"] == 0
    await connection.close()
