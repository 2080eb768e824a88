"""People who sign in with the country's identity provider, and accounts for development."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _WORD, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "staff",
        *words("issuer", "subject", "pseudonym", "role"),
        *(sa.Column(name, _NUMBER, nullable=False, autoincrement=False) for name in ("first_at", "last_at")),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_table("development_account", *words("name"), sa.PrimaryKeyConstraint("name"))
