"""Public keys of the others, each made from its bytes once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corridor.domain.errors import SignatureError

KEY_BYTES = 32


class Verifying(Protocol):
    """What signatures are verified with."""

    def verify(self, signature: bytes, message: bytes, /) -> None:
        """Return where the signature holds, and raise `InvalidSignature` where not."""


class _AnyOf:
    """Keys of one party, any of which may have signed: while one takes over from another there are two."""

    def __init__(self, keys: Sequence[Ed25519PublicKey]) -> None:
        self._keys = keys

    def verify(self, signature: bytes, message: bytes, /) -> None:
        """See `Verifying`."""
        for key in self._keys[:-1]:
            try:
                return key.verify(signature, message)
            except InvalidSignature:
                continue
        return self._keys[-1].verify(signature, message)


@lru_cache(maxsize=256)
def verifying_key(raw: bytes) -> Verifying:
    """What verifies signatures by an Ed25519 key of 32 bytes, or by any of several, one after the other.

    Raises:
        SignatureError: they are none.
    """
    parts = [raw[at : at + KEY_BYTES] for at in range(0, len(raw), KEY_BYTES)]
    try:
        keys = [Ed25519PublicKey.from_public_bytes(each) for each in parts]
    except ValueError:
        keys = []
    if not keys:
        raise SignatureError(reason="key-malformed")
    return keys[0] if len(keys) == 1 else _AnyOf(keys)
