"""Subscriptions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def word(name: str) -> sa.Column:
    return sa.Column(name, _WORD, nullable=False)


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def yes_or_no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False)


def upgrade() -> None:
    op.create_table(
        "subscription_delivery",
        word("id"),
        word("endpoint"),
        yes_or_no("open"),
        *(number(name) for name in ("last", "told", "attempt")),
        number("failing_since", empty=True),
        *(number(name) for name in ("sent_at", "due_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subscription_delivery_due", "subscription_delivery", ["due_at"])
    op.create_table(
        "subscription_event",
        word("subscription"),
        number("number"),
        word("resource_type"),
        word("id"),
        yes_or_no("deleted"),
        number("at"),
        sa.PrimaryKeyConstraint("subscription", "number"),
    )
    op.create_index("subscription_event_at", "subscription_event", ["at"])
    op.create_table(
        "subscription_position",
        sa.Column("id", sa.SmallInteger, nullable=False, autoincrement=False),
        number("position"),
        sa.PrimaryKeyConstraint("id"),
    )
