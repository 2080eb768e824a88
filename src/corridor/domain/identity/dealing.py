"""Dealing a key that nobody holds, and dealing on the shares of one, so that new shares make the same tokens.

A new key is the sum of what each dealer makes up. For new shares each dealer deals its own share on, weighted as when a
token is made: old and new shares then stand for the same key, and shares of two generations do not fit together.

Source: Pedersen, A threshold cryptosystem without a trusted party (1991); Feldman, verifiable secret sharing (1987);
Desmedt and Jajodia, Redistributing secret shares (1997); RFC 9591 for the proof of knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridor.domain.errors import InvalidError
from corridor.domain.identity.group import (
    element_sum,
    hash_to_scalar,
    multiply,
    multiply_generator,
    scalar_product,
    scalar_sum,
)
from corridor.domain.identity.oprf import length_prefixed
from corridor.domain.identity.sharing import (
    PublicDeal,
    commitment_at,
    prove_known,
    value_at,
    verify_deal,
    verify_public_deal,
)
from corridor.domain.secret import Secret

SEED_BYTES = 32
_DERIVE = b"corridor/polynomial/v1"


def polynomial(seed: Secret, occasion: bytes, *, threshold: int, share: Secret | None = None) -> tuple[Secret, ...]:
    """A dealer's secret polynomial, lowest power first: the same again from the same seed, for whoever was interrupted.

    Args:
        seed: 32 random bytes of the dealer's own, used for one ceremony.
        occasion: what the ceremony is.
        threshold: how many holders will be needed.
        share: the share that is dealt on, or None for a new key.

    Raises:
        InvalidError: the seed has another length.
    """
    if len(seed.value) != SEED_BYTES:
        raise InvalidError("A polynomial is made from a seed of 32 bytes.")
    head = length_prefixed(seed.value) + length_prefixed(occasion)
    made = [Secret(hash_to_scalar(head + bytes((power,)), _DERIVE)) for power in range(threshold)]
    return (share or made[0], *made[1:])


def commit(dealer: int, coefficients: Sequence[Secret], *, occasion: bytes) -> PublicDeal:
    """What a dealer makes known of its polynomial, with the proof that it knows it."""
    commitments = tuple(multiply_generator(each.value) for each in coefficients)
    return PublicDeal(dealer, commitments, prove_known(dealer, coefficients[0].value, occasion=occasion))


def share_for(coefficients: Sequence[Secret], holder: int) -> Secret:
    """What a holder is dealt."""
    return Secret(value_at([each.value for each in coefficients], holder))


def check_public(public: PublicDeal, *, threshold: int, occasion: bytes, known: bytes = b"") -> None:
    """Let pass a deal whose dealer knows what it committed to, and deals on the share that is known to be its own.

    Args:
        public: what the dealer made known.
        threshold: how many holders will be needed.
        occasion: what the ceremony is.
        known: public element of the share that is dealt on; empty for a new key.

    Raises:
        InvalidError: it does not; the message names the dealer.
    """
    verify_public_deal(public, threshold, occasion=occasion)
    if known and public.commitments[0] != known:
        raise InvalidError(
            f"Holder {public.dealer} deals on something else than its share.", (f"deal[{public.dealer}]",)
        )


def check_share(public: PublicDeal, holder: int, share: Secret) -> None:
    """Let pass a share that lies on its dealer's polynomial.

    Raises:
        InvalidError: it does not; the message names the dealer.
    """
    verify_deal(public, holder, share)


def combine(shares: Mapping[int, Secret], weights: Mapping[int, bytes]) -> Secret:
    """A holder's share of the key, from what every dealer dealt it, already checked."""
    return Secret(scalar_sum(scalar_product(weights[dealer], share.value) for dealer, share in sorted(shares.items())))


def public_share(deals: Sequence[PublicDeal], index: int, weights: Mapping[int, bytes]) -> bytes:
    """The element that a holder's proofs are checked against."""
    return element_sum(multiply(weights[each.dealer], commitment_at(each.commitments, index)) for each in deals)


def group_key(deals: Sequence[PublicDeal], weights: Mapping[int, bytes]) -> bytes:
    """The public element of the whole key."""
    return element_sum(multiply(weights[each.dealer], each.commitments[0]) for each in deals)
