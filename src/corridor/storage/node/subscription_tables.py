"""The tables of subscriptions: how far each was told, its events, and where in the log to go on."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import TEXT

from corridor.storage.node.tables import metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_WORD = String().with_variant(TEXT(collation="C"), "postgresql")


def _number(name: str, *, key: bool = False, empty: bool = False) -> Column[int]:
    return Column(name, _NUMBER, primary_key=key, nullable=empty, autoincrement=False)


subscription_delivery = Table(
    "subscription_delivery",
    metadata,
    Column("id", _WORD, primary_key=True),
    Column("endpoint", _WORD, nullable=False),
    Column("open", Boolean, nullable=False),
    _number("last"),
    _number("told"),
    _number("attempt"),
    _number("failing_since", empty=True),
    _number("sent_at"),
    _number("due_at"),
    Index("subscription_delivery_due", "due_at"),
)
"""`due_at` is when the next try may be made, of a handshake or of a notification."""

subscription_event = Table(
    "subscription_event",
    metadata,
    Column("subscription", _WORD, primary_key=True),
    _number("number", key=True),
    Column("resource_type", _WORD, nullable=False),
    Column("id", _WORD, nullable=False),
    Column("deleted", Boolean, nullable=False),
    _number("at"),
    Index("subscription_event_at", "at"),
)

subscription_position = Table(
    "subscription_position",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    _number("position"),
)
"""One row: the entry of the log that is looked at next."""
