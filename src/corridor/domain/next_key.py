"""A party's signing key takes over from another: announced ahead, both known for a while, the older one refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NextKey:
    """A signing key that counts besides a member's own.

    Attributes:
        key: Ed25519 public key, 32 bytes.
        since: aware UTC instant from which its owner signs with it.
        until: aware UTC instant at which the key before it counts no more.
    """

    key: bytes
    since: datetime
    until: datetime


def counting(key: bytes, following: NextKey | None, now: datetime) -> tuple[bytes, NextKey | None]:
    """The key that a party signs with at an instant, and the one that counts besides; None where there is none."""
    if following is None or now < following.since:
        return key, following
    if now < following.until:
        return following.key, NextKey(key, following.since, following.until)
    return following.key, None
