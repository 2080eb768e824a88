"""Appending to a log in one statement on PostgreSQL, where nothing else is written with it.

A transaction of ten statements costs ten journeys to the server, and whoever waits for the record of a read waits for
them all. One statement is a transaction of its own: either the log was as it is remembered here, and everything is
written and durable, or nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, text

from corridor.storage.node.log_growth import Growth
from corridor.storage.node.tables import log_entry, log_node, log_reference, log_shape
from corridor.storage.statements import Statement

_COLUMNS: dict[Table, dict[str, str]] = {
    log_shape: {"shape": "bigint", "tokens": "text"},
    log_entry: {
        "idx": "bigint",
        "leaf": "bytea",
        "leaf_hash": "bytea",
        "salt": "bytea",
        "body": "bytea",
        "id": "text",
        "recorded": "bigint",
        "shape": "bigint",
    },
    log_reference: {"target_id": "text", "target_type": "text", "idx": "bigint", "parameters": "text"},
    log_node: {"level": "smallint", "idx": "bigint", "hash": "bytea"},
}


def _insertion(table: Table) -> str:
    columns = _COLUMNS[table]
    arrays = ", ".join(f"CAST(:{table.name}_{name} AS {kind}[])" for name, kind in columns.items())
    twice = " ON CONFLICT DO NOTHING" if table is log_shape else ""
    return (
        f"w_{table.name} AS (INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608  # names of our own tables
        f"SELECT rows.* FROM grown, unnest({arrays}) AS rows{twice})"
    )


AT_ONCE = Statement(
    text(
        "WITH grown AS (UPDATE log_head SET size = :size, root = :root "  # noqa: S608  # names of our own tables
        "WHERE id = 1 AND size = :old_size AND root = :old_root RETURNING size), "
        + ", ".join(_insertion(table) for table in _COLUMNS)
        + " INSERT INTO log_checkpoint (size, note) SELECT size, :note FROM grown RETURNING size"
    )
)
"""Finds one row where the log was as told and has grown; none where it was not."""


def values(growth: Growth, *, old_size: int, old_root: bytes) -> dict[str, Any]:
    """The values of `AT_ONCE`.

    Args:
        growth: what is written.
        old_size: of the tree before.
        old_root: of the tree before.
    """
    head = {"size": growth.size, "root": growth.root, "old_size": old_size, "old_root": old_root, "note": growth.note}
    return head | dict(_arrays(growth))


def _arrays(growth: Growth) -> Iterator[tuple[str, list[Any]]]:
    for table, columns in _COLUMNS.items():
        for name in columns:
            yield f"{table.name}_{name}", [row[name] for row in growth.rows[table]]
