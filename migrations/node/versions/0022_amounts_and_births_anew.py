"""People and amounts are indexed anew: for units as they are written, and for years of birth with an hour less."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NOT_INDEXED = -1
_FACTS = ("fact_token", "fact_string", "fact_date", "fact_reference", "fact_quantity")  # amounts last: they say which
_AFFECTED = "resource_type = 'Patient' OR key IN (SELECT key FROM fact_quantity)"


def upgrade() -> None:
    op.execute(f"UPDATE record SET codes = {_NOT_INDEXED} WHERE body IS NOT NULL AND ({_AFFECTED})")  # noqa: S608  # from above
    for table in _FACTS:
        op.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM record WHERE codes = {_NOT_INDEXED})")  # noqa: S608  # from above
