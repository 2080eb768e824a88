"""When each sign-in was last used: one that nobody uses ends. Coordinators sign in again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        *(sa.Column(name, _NUMBER, nullable=False, autoincrement=False) for name in ("until", "seen_at")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("account", "role", "pseudonym")),
        sa.PrimaryKeyConstraint("digest"),
    )
