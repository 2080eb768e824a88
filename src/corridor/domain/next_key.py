"""A party's signing key takes over from another: announced ahead, both known for a while, the older one refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.errors import InvalidError


@dataclass(frozen=True, slots=True)
class NextKey:
    """A signing key that counts besides a party's own.

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


def together(key: bytes, following: NextKey | None) -> bytes:
    """Every key that a party's signatures may be by, 32 bytes each, one after the other."""
    return key + (following.key if following else b"")


def settled(key: bytes, following: NextKey | None, now: datetime) -> tuple[bytes, NextKey | None]:
    """What a manifest is to say of a party from an instant on: as before, without a key that counts no more."""
    return (following.key, None) if following and following.until <= now else (key, following)


def check_next(key: bytes, following: NextKey | None) -> None:
    """Let pass a key that can take over from another.

    Raises:
        InvalidError: it is the same key, or the one before ends before it signs.
    """
    if following and (following.key == key or following.until < following.since):
        raise InvalidError("A signing key takes over from another one, which counts at least until then.")
