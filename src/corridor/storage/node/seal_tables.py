"""The table that says how far a database is sealed, and with whose keys."""

from __future__ import annotations

from sqlalchemy import Column, SmallInteger, Table

from corridor.storage.node.columns import metadata, word

sealing = Table(
    "sealing",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    word("store"),
    word("stage"),
    word("place"),
)
"""One row: the file of data keys, and the place in the stage up to which everything is sealed."""
