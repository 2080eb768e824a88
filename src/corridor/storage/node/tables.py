"""The tables of a country's node. Instants are microseconds since 1970, bodies are compressed (see `bodies`)."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, Table, text

from corridor.storage.node.columns import NUMBER, metadata
from corridor.storage.node.columns import blob as _bytes
from corridor.storage.node.columns import number as _number
from corridor.storage.node.columns import ordinal as _ordinal
from corridor.storage.node.columns import word as _word
from corridor.storage.node.fact_tables import FACTS, fact_date, fact_reference, fact_string, fact_token
from corridor.storage.statements import REPLACED

__all__ = ["FACTS", "fact_date", "fact_reference", "fact_string", "fact_token", "metadata"]

# ---------------------------------------------------------------- the national base

LONG = 400 * 86_400 * 1_000_000
"""Microseconds after which a period counts as long: what is no longer is found near its start."""

record = Table(
    "record",
    metadata,
    _number("key", key=True),
    _number("updated_at"),
    _number("effective", empty=True),
    _number("effective_end", empty=True),
    _number("codes"),
    _ordinal("texts"),
    _ordinal("links"),
    _ordinal("version"),
    _word("resource_type"),
    _word("id"),
    _word("patient_id", empty=True),
    _bytes("body", empty=True),
    Index("record_id", "id", postgresql_using="hash", postgresql_with={"fillfactor": 100}),  # half of a tree of texts
    Index("record_patient", "patient_id", "codes"),
    Index("record_updated", "resource_type", "updated_at"),
    Index("record_effective", "resource_type", "effective"),
    Index(
        "record_long",
        "resource_type",
        "effective_end",
        postgresql_where=text(f"effective_end - effective > {LONG}"),
        sqlite_where=text(f"effective_end - effective > {LONG}"),
    ),
    Index("record_codes", "codes"),
    Index("record_texts", "texts"),
    Index("record_links", "links"),
)
"""The current version of each resource; the key grows in order of first writing, so one Bundle lies together.

`codes`, `texts` and `links` are numbers of sets (see `fact_tables`). Indexes hold few columns, so that PostgreSQL keeps
equal entries once.
"""

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
    _number("key", key=True),
    _number("effective", empty=True),
    _word("patient_id"),
    _word("category"),
    _bytes("template"),
    Index("projection_patient", "patient_id"),
)
"""By the key of the record that it was made of."""

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
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    _word("kind"),
    _word("key"),
    _bytes("payload"),
    _number("attempt"),
    _number("due_at"),
    Index("outbox_kind_key", "kind", "key", unique=True),
    Index("outbox_due", "kind", "due_at", "id"),
    sqlite_autoincrement=True,
    info={REPLACED: ("kind", "key")},
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
    _number("seen_at"),
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
