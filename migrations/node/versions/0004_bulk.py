"""Bulk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_WORDS = ("id", "kind", "state", "owner", "role", "trace", "span", "request_id", "request")


def upgrade() -> None:
    op.create_table(
        "bulk_job",
        *(sa.Column(name, _WORD, nullable=False) for name in _WORDS),
        sa.Column("as_of", _NUMBER, nullable=False),
        sa.Column("until", _NUMBER),
        sa.Column("attempt", _NUMBER, nullable=False),
        sa.Column("ordered", sa.LargeBinary, nullable=False),
        sa.Column("progress", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bulk_job_state", "bulk_job", ["state", "kind", "as_of"])
    op.create_index("bulk_job_until", "bulk_job", ["until"])
