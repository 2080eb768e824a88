"""The tables of ties: each tie, what people found, what came of questions, what flowed, and what can be learnt."""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import metadata, number, ordinal, word

tie = Table(
    "tie",
    metadata,
    word("id", key=True),
    *(word(name) for name in ("side", "country", "name", "patient_id", "grade", "pattern", "described")),
    *(word(name) for name in ("state", "doubt", "agent")),
    *(number(name) for name in ("made_at", "changed_at")),
    Index("tie_patient", "patient_id"),
    Index("tie_name", "name"),
    Index("tie_doubt", "doubt"),
)

tie_vote = Table("tie_vote", metadata, word("tie", key=True), word("agent", key=True), ordinal("accepts"), number("at"))

tie_answer = Table(
    "tie_answer", metadata, word("tie", key=True), word("question", key=True), word("said"), number("at")
)
"""Yes, no or unknown; the answer itself is nowhere."""

tie_flow = Table(
    "tie_flow",
    metadata,
    word("tie", key=True),
    word("trace", key=True),
    word("kind", key=True),
    number("at"),
    *(word(name) for name in ("purpose", "agent", "targets")),
    number("number"),
    Index("tie_flow_agent", "agent", "at"),
)

tie_label = Table(
    "tie_label", metadata, word("tie", key=True), word("pattern"), word("grade"), ordinal("same"), number("at")
)
"""How traits compared and what people found; no demographics."""
