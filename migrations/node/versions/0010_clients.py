"""Systems that may ask by themselves, and their tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
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
        "client",
        *words("id", "name", "role", "pseudonym", "scopes", "purposes", "keys"),
        sa.Column("bound", sa.Integer, nullable=False, autoincrement=False),
        number("added_at"),
        number("removed_at", empty=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "access_token",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *words("client", "scopes", "purpose", "bound_to"),
        number("until"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("access_token_client", "access_token", ["client"])
    op.create_index("access_token_until", "access_token", ["until"])
