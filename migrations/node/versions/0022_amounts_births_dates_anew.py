"""People, amounts and dates are indexed anew.

Units are kept as they are written, too; years of birth with an hour less are whole; and of several clinical dates none
is the record's own, so that whoever looks at that one need not look for others.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NOT_INDEXED = -1
_FACTS = ("fact_token", "fact_string", "fact_date", "fact_reference", "fact_quantity")  # amounts last: they say which
_DATED = "effective_end IS NOT NULL AND key IN (SELECT key FROM fact_date)"
_AFFECTED = f"resource_type = 'Patient' OR key IN (SELECT key FROM fact_quantity) OR ({_DATED})"  # noqa: S608  # from above


def upgrade() -> None:
    op.execute(f"UPDATE record SET codes = {_NOT_INDEXED} WHERE body IS NOT NULL AND ({_AFFECTED})")  # noqa: S608  # from above
    for table in _FACTS:
        op.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM record WHERE codes = {_NOT_INDEXED})")  # noqa: S608  # from above
