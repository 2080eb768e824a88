"""The tables of people who sign in with the country's identity provider, and of accounts that are for development."""

from __future__ import annotations

from sqlalchemy import Table

from corridor.storage.node.columns import metadata, number, word

staff = Table(
    "staff",
    metadata,
    word("issuer", key=True),
    word("subject", key=True),
    *(word(name) for name in ("pseudonym", "role")),
    number("first_at"),
    number("last_at"),
)
"""Whom a pseudonym in the log stands for; the provider's own id of the person and no name."""

development_account = Table("development_account", metadata, word("name", key=True))
"""Accounts that were made where anybody may know the password; a node in production does not start beside them."""
