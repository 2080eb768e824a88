"""How far the rows about people are sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WORD = sa.String().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sealing",
        sa.Column("id", sa.SmallInteger, nullable=False, autoincrement=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("store", "stage", "place")),
        sa.PrimaryKeyConstraint("id"),
    )
