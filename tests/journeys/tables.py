"""What a party keeps in its database, read past the party itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import MetaData, Table, select

from corridor.apps.settings import hub_settings, node_settings
from corridor.storage.database import Database
from corridor.storage.hub import tables as hub_tables
from corridor.storage.node import tables as node_tables
from demo.parties import HUB, Party


def database_of(party: Party) -> str:
    """The party's database setting."""
    settings = hub_settings if party.key == HUB else node_settings
    return settings(party.config).database


def tables_of(party: Party) -> MetaData:
    """The tables that a party has."""
    return hub_tables.metadata if party.key == HUB else node_tables.metadata


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """The outcome of work that is done on a loop of its own, whether or not the caller is on one."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


def rows(party: Party, table: Table) -> list[dict[str, Any]]:
    """All rows of a table, in the order of their keys."""

    async def read() -> list[dict[str, Any]]:
        database = Database(database_of(party))
        try:
            async with database.read() as connection:
                found = await connection.execute(select(table).order_by(*table.primary_key.columns))
                return [dict(row) for row in found.mappings()]
        finally:
            await database.close()

    found: list[dict[str, Any]] = _run(read())
    return found


def change(party: Party, statement: Any) -> None:
    """Carry out one statement."""

    async def write() -> None:
        database = Database(database_of(party))
        try:
            async with database.write() as connection:
                await connection.execute(statement)
        finally:
            await database.close()

    _run(write())
