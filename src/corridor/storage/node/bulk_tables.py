"""The table of exports and imports; orders and progress are JSON of their values."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table
from sqlalchemy.dialects.postgresql import TEXT

from corridor.storage.node.tables import metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_WORD = String().with_variant(TEXT(collation="C"), "postgresql")


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, _WORD, nullable=False) for name in names]


bulk_job = Table(
    "bulk_job",
    metadata,
    Column("id", _WORD, primary_key=True),
    *_words("kind", "state", "owner", "role", "trace", "span", "request_id", "request"),
    Column("as_of", _NUMBER, nullable=False),
    Column("until", _NUMBER),
    Column("attempt", _NUMBER, nullable=False),
    Column("ordered", LargeBinary, nullable=False),
    Column("progress", LargeBinary, nullable=False),
    Index("bulk_job_state", "state", "kind", "as_of"),
    Index("bulk_job_until", "until"),
)
"""Jobs, running and ended; `attempt` counts beginnings of the step that comes next."""
