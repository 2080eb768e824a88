"""Passwords: kept as slow hashes, and compared in the same time whether the account exists or not."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB and two passes.

Source: OWASP Password Storage Cheat Sheet.
"""

_NOBODY = _HASHER.hash("a password that no account has")


def hash_password(password: str) -> str:
    """The text to keep instead of a password: algorithm, cost, salt and hash."""
    return _HASHER.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; None as `kept` is never right and takes as long."""
    try:
        right = _HASHER.verify(kept or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return right and kept is not None


def outdated(kept: str) -> bool:
    """Whether a hash was made at another cost and should be renewed at the next sign-in."""
    try:
        return _HASHER.check_needs_rehash(kept)
    except InvalidHashError:
        return True
