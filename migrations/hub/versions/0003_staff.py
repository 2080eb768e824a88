"""Coordinators who sign in at an identity provider, and accounts for development."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "staff",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("issuer", "subject", "pseudonym", "role")),
        *(sa.Column(name, _NUMBER, nullable=False, autoincrement=False) for name in ("first_at", "last_at")),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_table(
        "development_account", sa.Column("name", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name")
    )
