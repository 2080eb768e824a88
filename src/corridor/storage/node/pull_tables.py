"""Tables of pulls under way and of emergencies."""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import metadata, number, word

pull = Table(
    "pull",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("patient_id", "agent", "role", "request_id", "purpose", "trace", "opening")),
    number("started_at"),
    Index("pull_started", "started_at"),
)

pull_leg = Table(
    "pull_leg",
    metadata,
    word("pull", key=True),
    word("country", key=True),
    word("consent_id"),
    word("state"),
    number("facts"),
    number("at", empty=True),
    Index("pull_leg_state", "state"),
)
"""What each country came to; what it told is never here."""

opening = Table(
    "opening",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("patient_id", "agent", "cause", "words", "trace", "reviewer", "verdict", "note")),
    number("at"),
    number("reviewed_at", empty=True),
    number("told_at", empty=True),
    Index("opening_patient", "patient_id"),
    Index("opening_verdict", "verdict", "at"),
)
"""Each time that the glass was broken; `verdict` is empty until somebody looked."""
