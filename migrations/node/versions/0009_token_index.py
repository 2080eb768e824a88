"""The mark up to which a register was indexed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def number(name: str) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=False, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "token_index",
        *(number(name) for name in ("epoch", "updated_at", "record", "done")),
        sa.PrimaryKeyConstraint("epoch"),
    )
