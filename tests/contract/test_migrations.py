"""The migrations make exactly the tables that the node's storage is written for."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.storage.database import Database
from corridor.storage.migrations import upgrade
from corridor.storage.node.bulk_tables import bulk_job
from corridor.storage.node.client_tables import client
from corridor.storage.node.limit_tables import pause
from corridor.storage.node.link_tables import health_link
from corridor.storage.node.presence_tables import presence
from corridor.storage.node.pull_tables import opening
from corridor.storage.node.seal_tables import sealing
from corridor.storage.node.staff_tables import staff
from corridor.storage.node.subscription_tables import subscription_event
from corridor.storage.node.tables import metadata
from corridor.storage.node.tie_tables import tie
from corridor.storage.node.token_index import token_index
from corridor.storage.revisions import current_is_head, newest, scripts, version_table


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": lambda name, *_: name != version_table("node")}
    found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def _primary_keys(connection: Connection) -> dict[str, list[str]]:
    return {name: inspect(connection).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables}


async def test_migrated_tables_are_the_tables_of_the_metadata(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []
        keys = await connection.run_sync(_primary_keys)
    assert keys == {name: [each.name for each in table.primary_key] for name, table in metadata.tables.items()}
    made = {
        bulk_job,
        client,
        health_link,
        opening,
        pause,
        presence,
        sealing,
        staff,
        subscription_event,
        tie,
        token_index,
    }
    assert {each.name for each in made} <= keys.keys()


async def test_an_empty_database_is_not_current_until_it_is_upgraded(empty_url: str) -> None:
    assert not await current_is_head(empty_url, "node")
    await upgrade(empty_url, "node")
    assert await current_is_head(empty_url, "node")
    assert not await current_is_head(empty_url, "hub")


@pytest.mark.parametrize("role", ["node", "hub"])
def test_the_newest_migration_is_the_one_with_the_highest_number(role: str) -> None:
    assert ScriptDirectory(str(scripts(role))).get_heads() == [newest(role)]


async def test_upgrading_twice_changes_nothing(node_url: str) -> None:
    await upgrade(node_url, "node")
    assert await current_is_head(node_url, "node")


@pytest.mark.parametrize("url", ["", "file.db", "mysql://host/name", "postgresql://", "sqlite://"])
def test_a_setting_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        Database(url)


async def test_a_database_that_cannot_be_reached_is_unavailable(kind: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    url = f"sqlite:///{nowhere}/node.db" if kind == "sqlite" else f"postgresql://postgres@/node?host={nowhere}"
    database = Database(url)
    with pytest.raises(UnavailableError):
        async with database.transaction():
            pass
    with pytest.raises(UnavailableError):
        async with database.write():
            pass
    with pytest.raises(UnavailableError):
        async with database.read() as connection:
            await connection.exec_driver_sql("SELECT 1")
    await database.close()


async def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_ever(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError):
            async with database.write():
                pass
    async with database.write():
        with pytest.raises(RuntimeError):
            async with database.transaction():
                pass
