"""The first tables of a node."""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def word(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _WORD, nullable=empty)


def number(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, _NUMBER, nullable=empty, autoincrement=False)


def blob(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=empty)


def key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names)


def upgrade() -> None:
    _records()
    _facts()
    _crossing()
    _log()
    _log_search()
    _promises()
    _sign_in()


def _records() -> None:
    op.create_table(
        "record",
        number("key"),
        word("resource_type"),
        word("id"),
        number("version"),
        number("updated_at"),
        word("patient_id", empty=True),
        word("code"),
        word("code_system"),
        number("effective", empty=True),
        number("effective_end", empty=True),
        blob("body", empty=True),
        key("key"),
    )
    op.create_index("record_id", "record", ["id", "resource_type"], unique=True)
    op.create_index("record_patient", "record", ["patient_id", "resource_type", "code", "effective"])
    op.create_index("record_updated", "record", ["resource_type", "updated_at", "key"])
    op.create_index("record_code", "record", ["resource_type", "code", "effective"])
    past = [word("id"), word("resource_type"), number("version"), number("updated_at"), word("patient_id", empty=True)]
    op.create_table("history", *past, blob("body", empty=True), key("id", "resource_type", "version"))


def _facts() -> None:
    facts = {
        "fact_token": [word("parameter"), word("code"), word("system"), number("key")],
        "fact_string": [word("parameter"), word("folded"), number("key")],
        "fact_date": [word("parameter"), number("start"), number("end"), number("key")],
        "fact_reference": [word("target_id"), word("parameter"), word("target_type"), number("key")],
    }
    for name, columns in facts.items():
        op.create_table(name, *columns, key(*(each.name for each in columns)), sqlite_with_rowid=False)
        op.create_index(f"{name}_key", name, ["key", "parameter"])
    person = [word("value"), word("patient_id")]
    op.create_table("person_key", *person, key("value", "patient_id"), sqlite_with_rowid=False)
    op.create_index("person_key_patient", "person_key", ["patient_id"])


def _crossing() -> None:
    op.create_table(
        "projection",
        word("patient_id"),
        word("resource_type"),
        word("id"),
        word("category"),
        number("effective", empty=True),
        blob("template"),
        key("patient_id", "resource_type", "id"),
    )
    op.create_table("withdrawal", word("patient_id"), number("at"), key("patient_id", "at"))
    op.create_table(
        "registration", word("patient_id"), blob("handle"), key("patient_id"), sa.UniqueConstraint("handle")
    )
    grant = [word("country"), word("pseudonym"), word("patient_id"), number("until"), blob("statement")]
    op.create_table("return_grant", *grant, key("country", "pseudonym"))
    op.create_index("return_grant_until", "return_grant", ["until"])


def _log() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        number("size"),
        blob("root"),
        key("id"),
    )
    op.bulk_insert(head, [{"id": 1, "size": 0, "root": hashlib.sha256().digest()}])
    entry = [number("idx"), blob("leaf"), blob("leaf_hash"), blob("salt"), blob("body")]
    op.create_table("log_entry", *entry, word("id"), number("recorded"), number("shape"), key("idx"))
    op.create_index("log_entry_id", "log_entry", ["id"], unique=True)
    op.create_index("log_entry_recorded", "log_entry", ["recorded"])
    level = sa.Column("level", sa.SmallInteger, autoincrement=False, nullable=False)
    op.create_table("log_node", level, number("idx"), blob("hash"), key("level", "idx"))
    op.create_table("log_checkpoint", number("size"), word("note"), key("size"))


def _log_search() -> None:
    op.create_table("log_shape", number("shape"), word("tokens"), key("shape"))
    reference = [word("target_id"), word("target_type"), number("idx"), word("parameters")]
    op.create_table("log_reference", *reference, key("target_id", "target_type", "idx"), sqlite_with_rowid=False)
    op.create_index("log_reference_idx", "log_reference", ["idx"])


def _promises() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        word("kind"),
        word("key"),
        blob("payload"),
        number("attempt"),
        number("due_at"),
        key("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_kind_key", "outbox", ["kind", "key"], unique=True)
    op.create_index("outbox_due", "outbox", ["kind", "due_at", "id"])


def _sign_in() -> None:
    op.create_table("account", word("name"), word("password"), word("role"), word("pseudonym"), key("name"))
    session = [blob("digest"), word("account"), word("role"), word("pseudonym"), number("until")]
    op.create_table("session", *session, key("digest"))
    op.create_index("session_until", "session", ["until"])
    op.create_table("nonce", word("key_id"), word("nonce"), number("until"), key("key_id", "nonce"))
    op.create_index("nonce_until", "nonce", ["until"])
    op.create_table("budget", word("name"), number("hour"), number("amount"), key("name", "hour"))


def downgrade() -> None:
    tables = "record history fact_token fact_string fact_date fact_reference person_key projection withdrawal"
    tables += " registration return_grant log_head log_entry log_node log_checkpoint log_shape log_reference outbox"
    for table in (tables + " account session nonce budget").split():
        op.drop_table(table)
