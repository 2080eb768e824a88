"""The tables of systems: who is registered, and which tokens they hold."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from corridor.storage.node.columns import metadata, number, ordinal, word

client = Table(
    "client",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("name", "role", "pseudonym", "scopes", "purposes", "keys")),
    ordinal("bound"),
    number("added_at"),
    number("removed_at", empty=True),
)
"""A removed system stays, so that its pseudonym in the log keeps its meaning and its id is not given again."""

access_token = Table(
    "access_token",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    *(word(name) for name in ("client", "scopes", "purpose", "bound_to", "person")),
    number("until"),
    Index("access_token_client", "client"),
    Index("access_token_until", "until"),
)
"""By the digest alone: who reads this table cannot use a token."""
