"""Tables of cards, open questions and proofs that somebody was there."""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import metadata, number, word

card = Table(
    "card",
    metadata,
    word("number", key=True),
    *(word(name) for name in ("patient_id", "verifiers")),
    number("made_at"),
    number("revoked_at", empty=True),
    Index("card_patient", "patient_id"),
)
"""`verifiers` are keyed hashes joined by commas; one that was used is empty."""

challenge = Table(
    "challenge",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("patient_id", "agent", "kind", "verifier", "card")),
    *(number(name) for name in ("line", "tries", "until")),
    Index("challenge_patient", "patient_id"),
)

presence = Table(
    "presence",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("patient_id", "agent", "kind", "cause", "words", "reviewer", "verdict", "note")),
    *(number(name) for name in ("at", "until")),
    number("reviewed_at", empty=True),
    Index("presence_patient", "patient_id", "until"),
    Index("presence_verdict", "kind", "verdict"),
)
"""`cause` and `words` are those of an attestation; `verdict` is empty until somebody looked."""
