"""The tables of the hub: no name, no birth date, nothing clinical. Instants are microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, _NUMBER, primary_key=key, nullable=False, autoincrement=False)


person = Table(
    "person",
    metadata,
    Column("key", _NUMBER, primary_key=True, autoincrement=True),
    _text("country"),
    Column("handle", LargeBinary(16), nullable=False),
    Column("flags", LargeBinary(6), nullable=False),
    Index("person_handle", "country", "handle", unique=True),
)
"""Registered persons; the handle means something to their own country alone."""

token = Table(
    "token",
    metadata,
    _number("value"),
    Column("person", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Index("token_value", "value", "person"),
    Index("token_person", "person", "epoch"),
)
"""Blind tokens, keyed once more with the hub's own key together with their epoch and kind: 64 bits of that.

The long column first and nothing that is not looked for: on PostgreSQL a row and its entries take some 85 bytes.
"""

disclosure = Table(
    "disclosure",
    metadata,
    _text("reporter", key=True),
    _text("id", key=True),
    _number("hour"),
    _text("asker"),
    _text("holder"),
    _text("purpose"),
    _text("decision"),
    Index("disclosure_hour", "hour"),
)

log_proof = Table(
    "log_proof",
    metadata,
    _text("country", key=True),
    _number("size"),
    Column("whole", Boolean, nullable=False),
    _number("seen_at"),
    _text("note"),
)

resolution = Table(
    "resolution",
    metadata,
    _text("asker", key=True),
    _number("hour", key=True),
    _text("purpose", key=True),
    _number("count"),
)
"""How often a country searched in an hour, and why."""

nonce = Table("nonce", metadata, _text("key_id", key=True), _text("nonce", key=True), _number("until"))

budget = Table("budget", metadata, _text("name", key=True), _number("hour", key=True), _number("amount"))

account = Table("account", metadata, _text("name", key=True), _text("password"), _text("role"), _text("pseudonym"))
"""Coordinators who may sign in."""

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    _number("until"),
    _number("seen_at"),
    _text("account"),
    _text("role"),
    _text("pseudonym"),
)

staff = Table(
    "staff",
    metadata,
    _text("issuer", key=True),
    _text("subject", key=True),
    *(_text(name) for name in ("pseudonym", "role")),
    *(_number(name) for name in ("first_at", "last_at")),
)
"""Whom a pseudonym stands for; the provider's own id of the person and no name."""

development_account = Table("development_account", metadata, _text("name", key=True))
"""Accounts that were made where anybody may know the password; a hub in production does not start beside them."""
