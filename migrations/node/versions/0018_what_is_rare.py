"""Tell SQLite what is rare among records: without it, it reads a record by id among all of its type."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROWS = {
    "record_id": "1000000 1",
    "record_patient": "1000000 50 5",
    "record_updated": "1000000 100000 1",
    "record_effective": "1000000 100000 30",
    "record_codes": "1000000 10000",
    "record_texts": "1000000 10000",
    "record_links": "1000000 30",
}
"""Of a country's base: its rows, and how many are alike in the first column, in the first two, and so on."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL counts by itself
    op.execute("ANALYZE pause")  # makes the table of statistics, and reads nothing of the large tables
    op.execute("DELETE FROM sqlite_stat1")
    for index, told in ROWS.items():
        op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('record', '{index}', '{told}')")  # noqa: S608  # from above
