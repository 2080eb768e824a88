"""The mark up to which a register was indexed, as one row for each token key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite

from corridor.flows.ports.token_index import Progress
from corridor.storage.database import Database
from corridor.storage.node.columns import metadata, number

token_index = Table(
    "token_index",
    metadata,
    number("epoch", key=True),
    number("updated_at"),
    number("record"),
    number("done"),
)
"""Instant of the last change and key of the last record that was indexed, and how many patients that made."""


class SqlTokenIndex:
    """Port `TokenIndex` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def progress(self, epoch: int) -> Progress:
        """See the port."""
        columns = token_index.c
        mark = select(columns.updated_at, columns.record, columns.done).where(columns.epoch == epoch)
        async with self._database.read() as connection:
            row = (await connection.execute(mark)).one_or_none()
        return Progress((row.updated_at, row.record), row.done) if row else Progress()

    async def move(self, epoch: int, progress: Progress) -> None:
        """See the port."""
        dialect: Any = sqlite if self._database.is_sqlite else postgresql
        updated_at, record = progress.place
        row = {"updated_at": updated_at, "record": record, "done": progress.done}
        moved = dialect.insert(token_index).values(epoch=epoch, **row)
        async with self._database.write() as connection:
            await connection.execute(moved.on_conflict_do_update(index_elements=["epoch"], set_=row))
