"""Proof that a holder used the share it committed to, one for a whole batch.

Source: RFC 9497 section 2.2, discrete logarithm equivalence proofs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from corridor.domain.errors import InvalidError
from corridor.domain.identity.group import (
    SCALAR_BYTES,
    check_element,
    check_scalar,
    element_sum,
    hash_to_scalar,
    multiply,
    multiply_generator,
    random_scalar,
    scalar_difference,
    scalar_product,
    weighted_sum,
)
from corridor.domain.identity.oprf import BATCH_MAX, Mode, context, length_prefixed

PROOF_BYTES = 64


def _weights(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> list[bytes]:
    """Random weights bound to everything that was said, so that no wrong answer can hide behind another."""
    if not 0 < len(blinded) == len(evaluated) <= BATCH_MAX:
        raise InvalidError("A blind answer has as many elements as its request.")
    suite = context(Mode.VOPRF)
    seed = hashlib.sha512(length_prefixed(public) + length_prefixed(b"Seed-" + suite)).digest()
    head, tag = length_prefixed(seed), b"HashToScalar-" + suite
    pairs = enumerate(zip(blinded, evaluated, strict=True))
    return [
        hash_to_scalar(
            head + index.to_bytes(2, "big") + length_prefixed(asked) + length_prefixed(answered) + b"Composite", tag
        )
        for index, (asked, answered) in pairs
    ]


def _challenge(*elements: bytes) -> bytes:
    transcript = b"".join(length_prefixed(element) for element in elements) + b"Challenge"
    return hash_to_scalar(transcript, b"HashToScalar-" + context(Mode.VOPRF))


def prove(key: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], *, nonce: bytes | None = None) -> bytes:
    """One proof of 64 bytes that every answer of a batch was made with the same key.

    Args:
        key: the holder's share.
        blinded: the elements of the request.
        evaluated: the answers, in the same order.
        nonce: only where a published example fixes it; otherwise fresh.

    Raises:
        InvalidError: the batch is empty, too long, uneven or holds a malformed element.

    Source: RFC 9497 section 2.2.1, GenerateProof.
    """
    public, secret = multiply_generator(key), nonce or random_scalar()
    composite = weighted_sum(_weights(public, blinded, evaluated), blinded)
    answer = multiply(key, composite)
    challenge = _challenge(public, composite, answer, multiply_generator(secret), multiply(secret, composite))
    return challenge + scalar_difference(secret, scalar_product(challenge, key))


def verify(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], *, proof: bytes) -> None:
    """Let a batch of answers pass only if the holder of this public share made every one of them.

    Raises:
        InvalidError: the proof does not hold, or anything in it is malformed.

    Source: RFC 9497 section 2.2.2, VerifyProof.
    """
    if not isinstance(proof, bytes) or len(proof) != PROOF_BYTES:
        raise InvalidError("A proof has 64 bytes.")
    check_element(public)
    challenge, response = check_scalar(proof[:SCALAR_BYTES]), check_scalar(proof[SCALAR_BYTES:])
    for element in (*blinded, *evaluated):
        check_element(element)
    weights = _weights(public, blinded, evaluated)
    composite, answer = weighted_sum(weights, blinded), weighted_sum(weights, evaluated)
    generator_side = element_sum((multiply_generator(response), multiply(challenge, public)))
    composite_side = weighted_sum((response, challenge), (composite, answer))
    if _challenge(public, composite, answer, generator_side, composite_side) != challenge:
        raise InvalidError("A proof of a blind answer does not hold.")
