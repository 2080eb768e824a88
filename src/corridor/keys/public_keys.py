"""Public keys of the others, each made from its bytes once."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corridor.domain.errors import SignatureError


@lru_cache(maxsize=256)
def verifying_key(raw: bytes) -> Ed25519PublicKey:
    """The Ed25519 key of 32 bytes.

    Raises:
        SignatureError: they are none.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise SignatureError(reason="key-malformed") from None
