"""The pseudorandom function that makes tokens, computed without showing its input or its key.

Source: RFC 9497, suite ristretto255-SHA512, modes OPRF (0) and VOPRF (1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from corridor.domain.errors import InvalidError
from corridor.domain.identity.group import (
    check_element,
    hash_to_group,
    hash_to_scalar,
    multiply,
    multiply_generator,
    random_scalar,
    scalar_inverse,
)

MESSAGE_BYTES_MAX = 65_535
"""Longest input (RFC 9497 section 1.2)."""

BATCH_MAX = 65_535
"""Most elements under one proof: their index has two bytes (RFC 9497 section 2.2.1)."""


class Mode(IntEnum):
    """Whether an evaluation carries a proof; tokens of this federation are always VOPRF."""

    OPRF = 0
    VOPRF = 1


@dataclass(frozen=True, slots=True, repr=False)
class Blinded:
    """One blinded input: `element` may be sent, `blind` must stay and be used once."""

    blind: bytes
    element: bytes


def context(mode: Mode) -> bytes:
    """The string that separates this suite and mode from every other use of the hash."""
    return b"OPRFV1-" + bytes((mode,)) + b"-ristretto255-SHA512"


def length_prefixed(part: bytes) -> bytes:
    """A part with its two-byte length, as every transcript of the RFC writes it."""
    return len(part).to_bytes(2, "big") + part


def blind(message: bytes, mode: Mode = Mode.VOPRF, *, scalar: bytes | None = None) -> Blinded:
    """Hide an input, so that whoever evaluates it sees a random element.

    Args:
        message: at most 65 535 bytes.
        mode: VOPRF for everything but the RFC's own OPRF vectors.
        scalar: the blind, only where a published example fixes it; otherwise fresh.

    Raises:
        InvalidError: the input is too long.

    Source: RFC 9497 section 3.3.1, Blind.
    """
    if len(message) > MESSAGE_BYTES_MAX:
        raise InvalidError("An input of the blind function is too long.")
    secret = scalar or random_scalar()
    return Blinded(secret, multiply(secret, hash_to_group(message, b"HashToGroup-" + context(mode))))


def evaluate(key: bytes, elements: Sequence[bytes]) -> list[bytes]:
    """Answer blinded inputs with a key or with one holder's share of it.

    Raises:
        InvalidError: too many elements, or one is malformed or the identity.

    Source: RFC 9497 section 3.3.1, BlindEvaluate.
    """
    if not 0 < len(elements) <= BATCH_MAX:
        raise InvalidError("A blind request holds between 1 and 65 535 elements.")
    return [multiply(key, check_element(element)) for element in elements]


def output(message: bytes, unblinded: bytes) -> bytes:
    """The 64 bytes that the function gives for an input, from the unblinded element."""
    return hashlib.sha512(length_prefixed(message) + length_prefixed(unblinded) + b"Finalize").digest()


def finalize(message: bytes, blinded: Blinded, evaluated: bytes) -> bytes:
    """The 64 bytes that the function gives, from the answer of a holder of the whole key.

    Raises:
        InvalidError: the answer is malformed or the identity.

    Source: RFC 9497 section 3.3.1, Finalize.
    """
    return output(message, multiply(scalar_inverse(blinded.blind), check_element(evaluated)))


def derive_key(seed: bytes, label: bytes, mode: Mode = Mode.VOPRF) -> bytes:
    """A secret key from a seed of 32 bytes and a public label.

    Raises:
        InvalidError: the seed has another length or the label is too long.

    Source: RFC 9497 section 3.2.1, DeriveKeyPair.
    """
    if len(seed) != 32 or len(label) > MESSAGE_BYTES_MAX:  # noqa: PLR2004 - Ns of the suite
        raise InvalidError("A key is derived from a seed of 32 bytes and a short label.")
    tag = b"DeriveKeyPair" + context(mode)
    for counter in range(256):
        key = hash_to_scalar(seed + length_prefixed(label) + bytes((counter,)), tag)
        if any(key):
            return key
    raise InvalidError("This seed gives no key.")


def public_key(key: bytes) -> bytes:
    """The public element of a key or of a share.

    Raises:
        InvalidError: the key is zero or malformed.
    """
    return multiply_generator(key)
