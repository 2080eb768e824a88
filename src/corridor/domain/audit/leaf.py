"""The line that the tree keeps of an event: a commitment to its body, and nothing that points to a person."""

from __future__ import annotations

import hashlib
from datetime import UTC

import msgspec

from corridor.domain.audit.fact import AuditFact
from corridor.domain.country import Country
from corridor.domain.purpose import FORBIDDEN, Purpose

VERSION = 1
"""Of the leaf's form, and of the way in which its event was made searchable when it was written.

Whoever proves a log reads each event as its own leaf says, so that a log keeps its proof when search learns more.
"""

SALT_BYTES = 32

_PURPOSES = FORBIDDEN | frozenset(str(purpose) for purpose in Purpose) | {""}
_HOUR = len("YYYY-MM-DDTHH")
_UNKNOWN_PURPOSE = "other"
"""Stands for codes that are not known here: a leaf carries no text of a caller's choosing."""


def commitment(body: bytes, salt: bytes) -> str:
    """SHA-256 over salt and body, in hex: without the salt it tells nothing about the body."""
    return hashlib.sha256(salt + body).hexdigest()


def leaf(fact: AuditFact, *, node: Country, body: bytes, salt: bytes) -> bytes:
    """The leaf of an event as canonical JSON.

    Args:
        fact: what happened.
        node: the country whose log it is; it fills in for a side of the pair that the fact leaves open.
        body: the audit record in full, exactly as it is stored.
        salt: 32 random bytes that are stored with the body.

    Source: RFC 8785; the fields are sorted, and only texts from fixed sets occur.
    """
    members = {
        "commit": commitment(body, salt),
        "decision": fact.outcome.value,
        "hour": f"{fact.at.astimezone(UTC).isoformat()[:_HOUR]}Z",
        "pair": f"{fact.asker or node}>{fact.holder or node}",
        "purpose": fact.purpose if fact.purpose in _PURPOSES else _UNKNOWN_PURPOSE,
        "type": fact.kind.value.upper(),
        "v": VERSION,
        "xid": fact.trace.trace_id,
    }
    return msgspec.json.encode(members)
