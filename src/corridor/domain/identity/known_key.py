"""Tokens under a key that someone knows whole: for measuring, never for a register of real people.

Holders answer the same tokens; that is proven on a sample, because doing it for all takes their time for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf, sharing
from corridor.domain.identity.features import Feature
from corridor.domain.identity.group import hash_to_group, multiply, scalar_product, scalar_sum
from corridor.domain.identity.register import TOKEN_BYTES, Token
from corridor.domain.identity.tokens import begin, check_partial, finish, message_of
from corridor.domain.secret import Secret

_TAG = b"HashToGroup-" + oprf.context(oprf.Mode.VOPRF)


def whole_key(shares: Mapping[int, Secret]) -> Secret:
    """The key itself, which in service no one ever computes, from enough shares of it."""
    weights = sharing.lagrange(list(shares))
    return Secret(scalar_sum(scalar_product(weights[index], share.value) for index, share in shares.items()))


def direct_tokens(features: Sequence[Feature], key: Secret) -> tuple[Token, ...]:
    """One person's tokens, evaluated at once without blinding.

    Source: RFC 9497 section 3.3.1, Evaluate.
    """
    return tuple(Token(feature.kind, _value(message_of(feature), key)) for feature in features)


def _value(message: bytes, key: Secret) -> bytes:
    return oprf.output(message, multiply(key.value, hash_to_group(message, _TAG)))[:TOKEN_BYTES]


def protocol_tokens(features: Sequence[Feature], shares: Mapping[int, Secret], *, threshold: int) -> tuple[Token, ...]:
    """One person's tokens by the whole protocol: blinded, answered by every holder with a proof, checked, combined.

    Raises:
        InvalidError: a proof does not hold, or fewer holders than `threshold` have a share.
    """
    if len(shares) < threshold:
        raise InvalidError("Too few key holders have a share.")
    if not features:
        return ()
    elements, state = begin(features)
    partials: dict[int, Sequence[bytes]] = {}
    for index, share in shares.items():
        partials[index] = oprf.evaluate(share.value, elements)
        proof = dleq.prove(share.value, elements, partials[index])
        check_partial(oprf.public_key(share.value), elements, partials[index], proof=proof)
    return finish(state, partials, threshold=threshold)
