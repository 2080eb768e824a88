"""The first tables of the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False)


def number(name: str) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=False, autoincrement=False)


def blob(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(length), nullable=False)


def key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names)


def upgrade() -> None:
    _register()
    _coordinator()
    _sign_in()


def _register() -> None:
    person = sa.Column("key", _NUMBER, primary_key=True, autoincrement=True)
    op.create_table("person", person, text("country"), blob("handle", 16), blob("flags", 4))
    op.create_index("person_handle", "person", ["country", "handle"], unique=True)
    kind = sa.Column("kind", sa.SmallInteger, nullable=False)
    op.create_table("token", number("person"), number("epoch"), kind, blob("value", 16))
    op.create_index("token_value", "token", ["value", "person", "kind"])
    op.create_index("token_person", "token", ["person", "epoch"])


def _coordinator() -> None:
    op.create_table(
        "disclosure",
        text("reporter"),
        text("id"),
        number("hour"),
        text("asker"),
        text("holder"),
        text("purpose"),
        text("decision"),
        key("reporter", "id"),
    )
    op.create_index("disclosure_hour", "disclosure", ["hour"])
    whole = sa.Column("whole", sa.Boolean, nullable=False)
    op.create_table(
        "log_proof", text("country"), number("size"), whole, number("seen_at"), text("note"), key("country")
    )
    searched = key("asker", "hour", "purpose")
    op.create_table("resolution", text("asker"), number("hour"), text("purpose"), number("count"), searched)


def _sign_in() -> None:
    op.create_table("nonce", text("key_id"), text("nonce"), number("until"), key("key_id", "nonce"))
    op.create_table("budget", text("name"), number("hour"), number("amount"), key("name", "hour"))
    op.create_table("account", text("name"), text("password"), text("role"), text("pseudonym"), key("name"))
    session = (blob("digest", 32), number("until"), text("account"), text("role"), text("pseudonym"))
    op.create_table("session", *session, key("digest"))


def downgrade() -> None:
    tables = ("person", "token", "disclosure", "log_proof", "resolution", "nonce", "budget", "account", "session")
    for table in reversed(tables):
        op.drop_table(table)
