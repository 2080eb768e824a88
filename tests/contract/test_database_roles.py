"""The roles that `docker/roles.sh` makes: an owner that migrates, and one that serves and sees rows as it says why."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from corridor.storage.database import Database
from corridor.storage.drivers import POSTGRESQL_SETTINGS
from corridor.storage.migrations import upgrade
from corridor.storage.node.key_ring import KeyRing
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, patient
from tests.databases import Databases

SCRIPT = Path(__file__).parents[2] / "docker" / "roles.sh"
GUARDED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity ORDER BY relname"
OWNER, SERVING = "corridor_owner", "corridor"


@pytest.fixture(scope="module")
def address(databases: Databases) -> Iterator[str]:
    """A database on which the script was run, migrated by the owner."""
    url = databases.empty("postgresql")
    asyncio.run(_run(url))
    asyncio.run(upgrade(_as(url, OWNER), "node"))
    yield url
    databases.drop(url)
    asyncio.run(_forget(databases.server))


async def _run(url: str) -> None:
    connection = await asyncpg.connect(Database(url).dsn)
    programs = await connection.fetchval("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
    await connection.close()
    parsed = make_url(url)
    words = {"CORRIDOR_OWNER_PASSWORD": "an owner's word", "CORRIDOR_DATABASE_PASSWORD": "another 'word'"}
    target = {"POSTGRES_USER": "postgres", "POSTGRES_DB": str(parsed.database), "PGHOST": str(parsed.query["host"])}
    environment = os.environ | words | target | {"PATH": f"{programs}:/usr/bin:/bin"}
    await asyncio.to_thread(subprocess.run, ["/bin/sh", str(SCRIPT)], env=environment, check=True, capture_output=True)


async def _forget(server: str) -> None:
    connection = await asyncpg.connect(server)
    for role in (OWNER, SERVING):
        await connection.execute(f"DROP ROLE {role}")
    await connection.close()


def _as(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


async def connected(url: str, role: str, **settings: str) -> Any:
    return await asyncpg.connect(Database(_as(url, role)).dsn, server_settings=settings)


async def test_neither_role_has_privileges_and_one_owns_what_the_other_uses(address: str) -> None:
    connection = await connected(address, SERVING)
    rows = await connection.fetch(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty FROM pg_roles"
        " WHERE rolname LIKE 'corridor%' ORDER BY rolname"
    )
    assert [(row["rolname"], row["mighty"]) for row in rows if row["rolname"] in {OWNER, SERVING}] == [
        (SERVING, False),
        (OWNER, False),
    ]
    owners = await connection.fetch("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert [row[0] for row in owners] == [OWNER]
    await connection.close()


async def test_a_node_works_as_the_serving_role(address: str, seals: KeyRing) -> None:
    database = Database(_as(address, SERVING), seals)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        await unit.write([patient(f"p{number}") for number in range(40)], at=NOW)
    found = await stores.records.read("Patient", "p7")
    assert found is not None
    assert found.body
    await stores.records.close()
    await database.close()


async def test_whoever_does_not_say_what_they_are_for_sees_no_row_of_any_guarded_table(address: str) -> None:
    for role in (SERVING, OWNER):
        connection = await connected(address, role)
        tables = [row[0] for row in await connection.fetch(GUARDED)]
        assert {"record", "opening", "presence", "card", "health_link", "bulk_job", "tie"} <= set(tables)
        for table in tables:
            assert await connection.fetchval(f'SELECT count(*) FROM "{table}"') == 0  # noqa: S608  # from the catalogue
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE record NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY reading ON record",
        "CREATE POLICY every ON record USING (true)",
        "ALTER ROLE corridor BYPASSRLS",
        "ALTER ROLE corridor SUPERUSER",
        "SET ROLE corridor_owner",
        "GRANT corridor_owner TO corridor",
        "CREATE TABLE public.copy AS SELECT * FROM record",
        "TRUNCATE record",
        "COPY record TO PROGRAM 'cat'",
    ],
)
async def test_the_serving_role_cannot_switch_it_off(address: str, statement: str) -> None:
    connection = await connected(address, SERVING, **POSTGRESQL_SETTINGS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def test_switching_row_security_off_for_a_session_ends_in_an_error(address: str) -> None:
    connection = await connected(address, SERVING, row_security="off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT id FROM record")
    await connection.close()
