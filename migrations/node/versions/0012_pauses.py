"""Those who may ask nothing for now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def word(name: str) -> sa.Column:
    return sa.Column(name, _WORD, nullable=False)


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "pause",
        *(word(name) for name in ("id", "agent", "role", "reason", "lifted_by", "note")),
        number("at"),
        number("lifted_at", empty=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pause_lifted", "pause", ["lifted_at"])
