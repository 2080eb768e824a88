"""When each sign-in was last used: one that nobody uses ends. Everybody signs in again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("account", "role", "pseudonym")),
        *(sa.Column(name, _NUMBER, nullable=False, autoincrement=False) for name in ("until", "seen_at")),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("session_until", "session", ["until"])
