"""Units as people write them, beside their codes: `400||copies/mL` finds what is coded `{copies}/mL`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("unit", sa.Column("text", _WORD, nullable=False, server_default=""))
    op.drop_index("unit_code", "unit")
    op.create_index("unit_code", "unit", ["code", "system", "canonical", "text"], unique=True)
