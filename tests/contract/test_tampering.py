"""Whoever alters a row of the log is caught, and the row is named."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, and_, delete, insert, select, update

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.tree import Frontier, leaf_hash
from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.log import NodeLog
from corridor.storage.node.tables import (
    log_checkpoint,
    log_entry,
    log_head,
    log_node,
    log_reference,
    log_shape,
)
from corridor.storage.node.verify import verify_log
from tests.contract.samples import OPEN, ORIGIN, VOICE, fact

TABLES = (log_entry, log_reference, log_node, log_checkpoint, log_shape, log_head)


async def fill(database: Database) -> SqlAudit:
    audit = SqlAudit(NodeLog(database, VOICE))
    for count in (1, 4, 2, 6, 1):
        await asyncio.gather(*(audit.append(fact(of=(f"p{n}",))) for n in range(count)))
    return audit


async def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    async with database.read() as connection:
        found = await connection.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in found.mappings()]


async def change(database: Database, statement: Any) -> None:
    async with database.write() as connection:
        await connection.execute(statement)


def same(table: Table, row: dict[str, Any]) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def altered(value: Any) -> Any:
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    return value + 1000 if isinstance(value, int) else value + "x"


def picked(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return found[len(found) // 2]


async def test_an_untouched_log_is_whole(database: Database) -> None:
    assert (await verify_log(database, OPEN)).whole
    await fill(database)
    report = await verify_log(database, OPEN)
    assert (report.size, report.checkpoints, report.whole) == (14, 5, True)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_any_value_that_is_altered_is_found_and_its_table_named(database: Database, table: Table) -> None:
    await fill(database)
    row = picked(await rows(database, table))
    for name, value in row.items():
        changed = row | {name: altered(value)}
        await change(database, update(table).where(same(table, row)).values({name: changed[name]}))
        report = await verify_log(database, OPEN)
        assert report.fault.startswith(f"{table.name} "), (name, report.fault)
        await change(database, update(table).where(same(table, changed)).values(row))
    assert (await verify_log(database, OPEN)).whole


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_row_that_is_taken_out_of_the_newest_state_is_missed(database: Database, table: Table) -> None:
    await fill(database)
    row = (await rows(database, table))[-1]
    await change(database, delete(table).where(same(table, row)))
    assert (await verify_log(database, OPEN)).fault.startswith(f"{table.name} ")


@pytest.mark.parametrize("table", [log_entry, log_reference, log_node, log_checkpoint], ids=lambda table: table.name)
async def test_a_row_that_was_never_written_is_found(database: Database, table: Table) -> None:
    await fill(database)
    row = (await rows(database, table))[-1]
    key = "size" if table is log_checkpoint else "idx"
    extra = row | {key: row[key] + 1} | ({"id": "another"} if table is log_entry else {})
    await change(database, insert(table).values(extra))
    assert (await verify_log(database, OPEN)).fault.startswith(f"{table.name} ")


async def test_the_altered_row_is_named_by_its_index(database: Database) -> None:
    await fill(database)
    await change(database, update(log_entry).where(log_entry.c.idx == 9).values(salt=bytes(32)))
    report = await verify_log(database, OPEN)
    assert (report.fault, report.size) == ("log_entry 9", 9)


async def test_a_log_that_is_hashed_anew_without_its_key_is_found_at_the_next_checkpoint(database: Database) -> None:
    await fill(database)
    entries = await rows(database, log_entry)
    forged = entries[6]["leaf"].replace(b'"type":"READ"', b'"type":"SEARCH"')
    tree = Frontier()
    for entry in entries:
        leaf = forged if entry["idx"] == 6 else entry["leaf"]
        own, *above = tree.append(leaf_hash(leaf))
        hashed = update(log_entry).where(log_entry.c.idx == own.index).values(leaf=leaf, leaf_hash=own.hash)
        await change(database, hashed)
        for node in above:
            place = and_(log_node.c.level == node.level, log_node.c.idx == node.index)
            await change(database, update(log_node).where(place).values(hash=node.hash))
    await change(database, update(log_head).values(root=tree.root()))
    assert (await verify_log(database, OPEN)).fault == "log_checkpoint 7"


async def test_a_checkpoint_of_another_key_is_found(database: Database) -> None:
    await fill(database)

    def refuse(_note: str) -> Checkpoint:
        raise UnavailableError("Not signed by this log.")

    assert (await verify_log(database, refuse)).fault == "log_checkpoint 1"
    assert ORIGIN in (await rows(database, log_checkpoint))[0]["note"]


async def test_nothing_is_appended_to_a_log_whose_head_was_altered(database: Database) -> None:
    await fill(database)
    await change(database, update(log_head).values(root=bytes(32)))
    with pytest.raises(UnavailableError):
        await SqlAudit(NodeLog(database, VOICE)).append(fact())


async def test_two_processes_append_to_one_log_in_turns(database: Database, node_url: str) -> None:
    other = Database(node_url)
    audits = [SqlAudit(NodeLog(each, VOICE)) for each in (database, other)]
    for _ in range(3):
        await asyncio.gather(*(audit.append(fact()) for audit in audits for _ in range(5)))
    report = await verify_log(database, OPEN)
    assert (report.size, report.whole) == (30, True)
    await other.close()


async def test_a_commit_that_fails_is_forgotten_and_the_next_one_counts(database: Database) -> None:
    log = NodeLog(database, VOICE)
    audit = SqlAudit(log)
    await audit.append(fact())
    blocked = log_entry.insert().values(
        idx=1, leaf=b"", leaf_hash=b"", salt=b"", body=b"", id="blocks", recorded=0, shape=0
    )
    await change(database, blocked)
    with pytest.raises(UnavailableError):
        await audit.append(fact())
    await change(database, delete(log_entry).where(log_entry.c.id == "blocks"))
    await audit.append(fact())
    report = await verify_log(database, OPEN)
    assert (report.size, report.whole) == (2, True)
