"""The tables of health links: each link, its encrypted file, and who opened it when."""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import blob, metadata, number, ordinal, word

health_link = Table(
    "health_link",
    metadata,
    word("id", key=True),
    word("folder"),
    word("kind"),
    word("patient_id"),
    word("label"),
    number("made_at"),
    number("until"),
    word("purposes"),
    word("consent_id"),
    word("passcode"),
    ordinal("tries_left"),
    blob("ticket_key"),
    blob("revocation"),
    word("maker"),
    number("revoked_at", empty=True),
    ordinal("openings"),
    number("opened_at", empty=True),
    Index("health_link_folder", "folder", unique=True),
    Index("health_link_patient", "patient_id"),
    Index("health_link_revocation", "revocation"),
)
"""The folder is the secret part of the address; the key of the file is nowhere here."""

health_link_file = Table("health_link_file", metadata, word("link", key=True), blob("content"))
"""Ciphertext only."""

health_link_opening = Table(
    "health_link_opening",
    metadata,
    word("link", key=True),
    number("at", key=True),
    word("recipient"),
    word("outcome"),
)
"""Who said to be opening a link, and whether it opened."""
