"""Words beside the records are sealed as well; rows that lead to people are guarded like the records (PostgreSQL)."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = (
    "opening",
    "presence",
    "card",
    "challenge",
    "pull",
    "health_link",
    "health_link_file",
    "health_link_opening",
    "bulk_job",
    "tie",
    "withdrawal",
)
_ROLE = "(SELECT current_setting('corridor.role', true))"  # asked once a statement, not once a row
_WRITES = f"{_ROLE} = 'writer'"


def upgrade() -> None:
    # A database that was sealed before goes on with `corridor node encrypt`; the node does not start until then.
    op.execute("""UPDATE sealing SET stage = 'words', place = '["opening", ""]' WHERE stage = 'whole'""")
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has one reader: the process
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reading ON {table} FOR SELECT USING ({_ROLE} IN ('reader', 'writer'))")
        op.execute(f"CREATE POLICY adding ON {table} FOR INSERT WITH CHECK ({_WRITES})")
        op.execute(f"CREATE POLICY changing ON {table} FOR UPDATE USING ({_WRITES})")
        op.execute(f"CREATE POLICY removing ON {table} FOR DELETE USING ({_WRITES})")
