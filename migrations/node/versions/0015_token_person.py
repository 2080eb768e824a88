"""Of whom a system's token is, where it is for one person alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("access_token")  # none lives longer than five minutes
    op.create_table(
        "access_token",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("client", "scopes", "purpose", "bound_to", "person")),
        sa.Column("until", _NUMBER, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("access_token_client", "access_token", ["client"])
    op.create_index("access_token_until", "access_token", ["until"])
