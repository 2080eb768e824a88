"""Ties between a person here and one of another country."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _WORD, nullable=False) for name in names]


def numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _NUMBER, nullable=False, autoincrement=False) for name in names]


def ordinal(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "tie",
        *words("id", "side", "country", "name", "patient_id", "grade", "pattern", "described"),
        *words("state", "doubt", "agent"),
        *numbers("made_at", "changed_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("tie_patient", "tie", ["patient_id"])
    op.create_index("tie_name", "tie", ["name"])
    op.create_index("tie_doubt", "tie", ["doubt"])
    _what_happened()


def _what_happened() -> None:
    op.create_table(
        "tie_vote",
        *words("tie", "agent"),
        ordinal("accepts"),
        *numbers("at"),
        sa.PrimaryKeyConstraint("tie", "agent"),
    )
    op.create_table(
        "tie_answer",
        *words("tie", "question", "said"),
        *numbers("at"),
        sa.PrimaryKeyConstraint("tie", "question"),
    )
    op.create_table(
        "tie_flow",
        *words("tie", "trace", "kind"),
        *numbers("at"),
        *words("purpose", "agent", "targets"),
        *numbers("number"),
        sa.PrimaryKeyConstraint("tie", "trace", "kind"),
    )
    op.create_table(
        "tie_label",
        *words("tie", "pattern", "grade"),
        ordinal("same"),
        *numbers("at"),
        sa.PrimaryKeyConstraint("tie"),
    )
