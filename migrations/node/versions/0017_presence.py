"""Cards, open questions and proofs that somebody was there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _WORD, nullable=False) for name in names]


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "card",
        *words("number", "patient_id", "verifiers"),
        number("made_at"),
        number("revoked_at", empty=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("card_patient", "card", ["patient_id"])
    op.create_table(
        "challenge",
        *words("id", "patient_id", "agent", "kind", "verifier", "card"),
        *(number(name) for name in ("line", "tries", "until")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("challenge_patient", "challenge", ["patient_id"])
    op.create_table(
        "presence",
        *words("id", "patient_id", "agent", "kind", "cause", "words", "reviewer", "verdict", "note"),
        *(number(name) for name in ("at", "until")),
        number("reviewed_at", empty=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("presence_patient", "presence", ["patient_id", "until"])
    op.create_index("presence_verdict", "presence", ["kind", "verdict"])
