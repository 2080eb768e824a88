"""Rows about people are for connections that say what they are for (PostgreSQL)."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "record",
    "history",
    "projection",
    "person_key",
    "fact_token",
    "fact_string",
    "fact_date",
    "fact_quantity",
    "fact_reference",
    "set_text",
    "registration",
    "return_grant",
)
_ROLE = "(SELECT current_setting('corridor.role', true))"  # asked once a statement, not once a row
_WRITES = f"{_ROLE} = 'writer'"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has one reader: the process
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reading ON {table} FOR SELECT USING ({_ROLE} IN ('reader', 'writer'))")
        op.execute(f"CREATE POLICY adding ON {table} FOR INSERT WITH CHECK ({_WRITES})")
        op.execute(f"CREATE POLICY changing ON {table} FOR UPDATE USING ({_WRITES})")
        op.execute(f"CREATE POLICY removing ON {table} FOR DELETE USING ({_WRITES})")
