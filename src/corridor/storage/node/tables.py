"""The tables of a country's node. Instants are microseconds since 1970, bodies are compressed (see `bodies`)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import TEXT

metadata = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
# Byte order on both databases: the order of ids and prefixes must not depend on where the server was installed.
_WORD = String().with_variant(TEXT(collation="C"), "postgresql")


def _word(name: str, *, key: bool = False, empty: bool = False) -> Column[str]:
    return Column(name, _WORD, primary_key=key, nullable=empty)


def _number(name: str, *, key: bool = False, empty: bool = False) -> Column[int]:
    return Column(name, _NUMBER, primary_key=key, nullable=empty, autoincrement=False)


def _bytes(name: str, *, empty: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=empty)


# ---------------------------------------------------------------- the national base

record = Table(
    "record",
    metadata,
    _number("key", key=True),
    _word("resource_type"),
    _word("id"),
    _number("version"),
    _number("updated_at"),
    _word("patient_id", empty=True),
    _word("code"),
    _word("code_system"),
    _number("effective", empty=True),
    _number("effective_end", empty=True),
    _bytes("body", empty=True),
    Index("record_id", "id", "resource_type", unique=True),
    Index("record_patient", "patient_id", "resource_type", "code", "effective"),
    Index("record_updated", "resource_type", "updated_at", "key"),
    Index("record_code", "resource_type", "code", "effective"),
)
"""The current version of each resource; the key grows in order of first writing, so one Bundle lies together."""

history = Table(
    "history",
    metadata,
    _word("id", key=True),
    _word("resource_type", key=True),
    _number("version", key=True),
    _number("updated_at"),
    _word("patient_id", empty=True),
    _bytes("body", empty=True),
    Index("history_updated", "resource_type", "updated_at"),
)
"""Past versions."""

fact_token = Table(
    "fact_token",
    metadata,
    _word("parameter", key=True),
    _word("code", key=True),
    _word("system", key=True),
    _number("key", key=True),
    Index("fact_token_key", "key", "parameter"),
    sqlite_with_rowid=False,
)

fact_string = Table(
    "fact_string",
    metadata,
    _word("parameter", key=True),
    _word("folded", key=True),
    _number("key", key=True),
    Index("fact_string_key", "key", "parameter"),
    sqlite_with_rowid=False,
)

fact_date = Table(
    "fact_date",
    metadata,
    _word("parameter", key=True),
    _number("start", key=True),
    _number("end", key=True),
    _number("key", key=True),
    Index("fact_date_key", "key", "parameter"),
    sqlite_with_rowid=False,
)

fact_reference = Table(
    "fact_reference",
    metadata,
    _word("target_id", key=True),
    _word("parameter", key=True),
    _word("target_type", key=True),
    _number("key", key=True),
    Index("fact_reference_key", "key", "parameter"),
    sqlite_with_rowid=False,
)

FACTS = (fact_token, fact_string, fact_date, fact_reference)
"""What search needs beyond the columns of the record, by the record's key."""

person_key = Table(
    "person_key",
    metadata,
    _word("value", key=True),
    _word("patient_id", key=True),
    Index("person_key_patient", "patient_id"),
    sqlite_with_rowid=False,
)
"""What makes two descriptions of a person worth comparing: a document, a birth date, a pair of name skeletons."""

# ---------------------------------------------------------------- what may cross a border

projection = Table(
    "projection",
    metadata,
    _word("patient_id", key=True),
    _word("resource_type", key=True),
    _word("id", key=True),
    _word("category"),
    _number("effective", empty=True),
    _bytes("template"),
)

withdrawal = Table("withdrawal", metadata, _word("patient_id", key=True), _number("at", key=True))

registration = Table(
    "registration",
    metadata,
    _word("patient_id", key=True),
    Column("handle", LargeBinary, nullable=False, unique=True),
)
"""The handle under which the hub knows a patient."""

return_grant = Table(
    "return_grant",
    metadata,
    _word("country", key=True),
    _word("pseudonym", key=True),
    _word("patient_id"),
    _number("until"),
    _bytes("statement"),
    Index("return_grant_until", "until"),
)

# ---------------------------------------------------------------- the log

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    _number("size"),
    _bytes("root"),
)
"""One row; whoever writes to the node holds it, so that units run one after another."""

log_entry = Table(
    "log_entry",
    metadata,
    _number("idx", key=True),
    _bytes("leaf"),
    _bytes("leaf_hash"),
    _bytes("salt"),
    _bytes("body"),
    _word("id"),
    _number("recorded"),
    _number("shape"),
    Index("log_entry_id", "id", unique=True),
    Index("log_entry_recorded", "recorded"),
)
"""One audit event: the leaf commits to salt and body; id, instant and shape repeat the body for search."""

log_shape = Table("log_shape", metadata, _number("shape", key=True), _word("tokens"))
"""The codes that audit events carry together, each combination once: dozens, whatever the number of events."""

log_reference = Table(
    "log_reference",
    metadata,
    _word("target_id", key=True),
    _word("target_type", key=True),
    _number("idx", key=True),
    _word("parameters"),
    Index("log_reference_idx", "idx"),
    sqlite_with_rowid=False,
)
"""Whom and what an audit event names."""

log_node = Table(
    "log_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    _number("idx", key=True),
    _bytes("hash"),
)
"""Hashes of complete subtrees, written once; leaves are level 0 and stand in `log_entry`."""

log_checkpoint = Table("log_checkpoint", metadata, _number("size", key=True), _word("note"))

# ---------------------------------------------------------------- promises, sign-ins, limits

outbox = Table(
    "outbox",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _word("kind"),
    _word("key"),
    _bytes("payload"),
    _number("attempt"),
    _number("due_at"),
    Index("outbox_kind_key", "kind", "key", unique=True),
    Index("outbox_due", "kind", "due_at", "id"),
    sqlite_autoincrement=True,
)

account = Table("account", metadata, _word("name", key=True), _word("password"), _word("role"), _word("pseudonym"))

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _word("account"),
    _word("role"),
    _word("pseudonym"),
    _number("until"),
    Index("session_until", "until"),
)

nonce = Table(
    "nonce",
    metadata,
    _word("key_id", key=True),
    _word("nonce", key=True),
    _number("until"),
    Index("nonce_until", "until"),
)

budget = Table("budget", metadata, _word("name", key=True), _number("hour", key=True), _number("amount"))
