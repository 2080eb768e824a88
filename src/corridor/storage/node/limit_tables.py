"""The table of those who may ask nothing for now."""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import metadata, number, word

pause = Table(
    "pause",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("agent", "role", "reason", "lifted_by", "note")),
    number("at"),
    number("lifted_at", empty=True),
    Index("pause_lifted", "lifted_at"),
)
"""`lifted_at` is empty until somebody lets the asker ask again."""
