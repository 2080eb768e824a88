"""Pulls, and emergencies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
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
        "pull",
        word("id"),
        *(word(name) for name in ("patient_id", "agent", "role", "request_id", "purpose", "trace", "opening")),
        number("started_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pull_started", "pull", ["started_at"])
    op.create_table(
        "pull_leg",
        *(word(name) for name in ("pull", "country", "consent_id", "state")),
        number("facts"),
        number("at", empty=True),
        sa.PrimaryKeyConstraint("pull", "country"),
    )
    op.create_index("pull_leg_state", "pull_leg", ["state"])
    op.create_table(
        "opening",
        word("id"),
        *(word(name) for name in ("patient_id", "agent", "cause", "words", "trace", "reviewer", "verdict", "note")),
        number("at"),
        number("reviewed_at", empty=True),
        number("told_at", empty=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("opening_patient", "opening", ["patient_id"])
    op.create_index("opening_verdict", "opening", ["verdict", "at"])
