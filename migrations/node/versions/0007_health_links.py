"""Health links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def word(name: str) -> sa.Column:
    return sa.Column(name, _WORD, nullable=False)


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def ordinal(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def content(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table(
        "health_link",
        *(word(name) for name in ("id", "folder", "kind", "patient_id", "label")),
        *(number(name) for name in ("made_at", "until")),
        *(word(name) for name in ("purposes", "consent_id", "passcode")),
        ordinal("tries_left"),
        *(content(name) for name in ("ticket_key", "revocation")),
        word("maker"),
        number("revoked_at", empty=True),
        ordinal("openings"),
        number("opened_at", empty=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("health_link_folder", "health_link", ["folder"], unique=True)
    op.create_index("health_link_patient", "health_link", ["patient_id"])
    op.create_index("health_link_revocation", "health_link", ["revocation"])
    op.create_table("health_link_file", word("link"), content("content"), sa.PrimaryKeyConstraint("link"))
    op.create_table(
        "health_link_opening",
        word("link"),
        number("at"),
        word("recipient"),
        word("outcome"),
        sa.PrimaryKeyConstraint("link", "at"),
    )
