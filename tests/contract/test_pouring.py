"""PostgreSQL takes many rows of any of a node's tables at once, whatever its columns are called."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.sql.sqltypes import Boolean, Float, Integer, LargeBinary

from corridor.storage.database import Database
from corridor.storage.node.tables import metadata, record, registration, withdrawal

COUNT = 40


def value_of(column: Any, number: int) -> object:
    """A value that the column takes, another in each row."""
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Float):
        return number / 8
    return f"{number}".encode() if isinstance(column.type, LargeBinary) else f"{number}"


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
async def test_many_rows_of_a_table_are_written_at_once(database: Database, table: Table) -> None:
    rows = [{each.name: value_of(each, number) for each in table.c} for number in range(5, 5 + COUNT)]
    async with database.read() as connection:
        before = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    async with database.transaction() as transaction:
        await transaction.fill({table: rows})
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == before + COUNT


async def test_rows_of_several_tables_are_written_together_and_those_of_none_are_nothing(database: Database) -> None:
    rows = {each: [{own.name: value_of(own, 7) for own in each.c}] for each in (withdrawal, registration)}
    async with database.transaction() as transaction:
        await transaction.fill({**rows, record: []})
        await transaction.fill({})
    async with database.read() as connection:
        for table, (row,) in rows.items():
            assert dict((await connection.execute(select(table))).mappings().one()) == row
