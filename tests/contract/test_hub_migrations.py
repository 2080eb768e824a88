"""The migrations make exactly the tables of the hub's storage, out of whatever an earlier release left."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from corridor.domain.country import Country
from corridor.domain.secret import Secret
from corridor.storage.database import Database
from corridor.storage.hub.persons import SqlPersons
from corridor.storage.hub.tables import metadata
from corridor.storage.migrations import upgrade
from corridor.storage.revisions import version_table

VERSIONS = Path(__file__).parents[2] / "migrations" / "hub"
KEY = Secret(bytes(range(32)))
EPOCH, KIND = 1, 27


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": lambda name, *_: name != version_table("hub")}
    found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


async def test_migrated_tables_are_the_tables_of_the_metadata(hub_database: Database) -> None:
    async with hub_database.read() as connection:
        assert await connection.run_sync(_differences) == []
        made = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    assert made == {*metadata.tables, version_table("hub")}


def _first_release(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table("hub")
    command.upgrade(config, "0001")


def _stored_then(value: bytes) -> bytes:
    message = EPOCH.to_bytes(4, "big") + KIND.to_bytes(1, "big") + value
    return hmac.digest(KEY.value, message, "sha256")[:16]


@pytest.mark.parametrize("count", [0, 50])
async def test_who_was_registered_with_an_earlier_release_is_found_by_every_token(empty_url: str, count: int) -> None:
    values = [secrets.token_bytes(16) for _ in range(count)]
    before = Database(empty_url)
    async with before.write() as connection:
        await connection.run_sync(_first_release)
        columns = {"handle": bytes(16), "flags": bytes((1, 2, 3, 4))}
        insert = "INSERT INTO person (country, handle, flags) VALUES ('VE', :handle, :flags)"
        await connection.execute(text(insert), columns)
        insert = "INSERT INTO token (person, epoch, kind, value) VALUES (1, :epoch, :kind, :value)"
        for value in values:
            await connection.execute(text(insert), {"epoch": EPOCH, "kind": KIND, "value": _stored_then(value)})
    await before.close()
    await upgrade(empty_url, "hub")
    database = Database(empty_url)
    persons = SqlPersons(database, KEY)
    found = await persons.agreeing(EPOCH, [(KIND, value) for value in values], besides=Country("PE"))
    assert [each.agreeing for each in found] == ([tuple(range(count))] if count else [])
    assert await persons.count() == {Country("VE"): 1}
    await database.close()
