"""A key that no one holds: dealt by all holders together, used by any few of them.

Source: Shamir, How to share a secret (1979); Feldman, verifiable secret sharing (1987); RFC 9591 appendix C for the
polynomial terms; RFC 9497 for what is evaluated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.errors import InvalidError
from corridor.domain.identity.group import (
    check_element,
    check_scalar,
    element_sum,
    hash_to_scalar,
    multiply,
    multiply_generator,
    random_scalar,
    scalar_difference,
    scalar_inverse,
    scalar_of,
    scalar_product,
    scalar_sum,
    weighted_sum,
)
from corridor.domain.identity.oprf import length_prefixed
from corridor.domain.secret import Secret

HOLDERS_MAX = 64


@dataclass(frozen=True, slots=True)
class PublicDeal:
    """What a dealer tells everyone: commitments to its polynomial, lowest power first, and proof that it knows it."""

    dealer: int
    commitments: tuple[bytes, ...]
    proof: bytes


@dataclass(frozen=True, slots=True)
class Deal:
    """A dealer's whole contribution: `shares[0]` is for holder 1 and for no other eyes."""

    public: PublicDeal
    shares: tuple[Secret, ...]


def check_terms(threshold: int, holders: int) -> None:
    """Let pass a sharing in which some, but never one alone, can act.

    Raises:
        InvalidError: not 2 <= threshold <= holders <= 64.
    """
    if not 2 <= threshold <= holders <= HOLDERS_MAX:  # noqa: PLR2004 - one holder alone is no threshold
        raise InvalidError("A key is shared so that at least two and at most all of 64 holders are needed.")


def value_at(coefficients: Sequence[bytes], index: int) -> bytes:
    """A polynomial's value at a holder's index, by Horner's rule."""
    point, total = scalar_of(index), coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = scalar_sum((scalar_product(total, point), coefficient))
    return total


def _powers(index: int, count: int) -> list[bytes]:
    return [scalar_of(index**power) for power in range(count)]


def _challenge(dealer: int, commitment: bytes, nonce_element: bytes, *, occasion: bytes) -> bytes:
    transcript = dealer.to_bytes(2, "big") + length_prefixed(commitment) + length_prefixed(nonce_element)
    return hash_to_scalar(transcript + occasion, b"corridor/deal/v1")


def prove_known(dealer: int, secret: bytes, *, occasion: bytes = b"") -> bytes:
    """Proof of knowing one's own contribution, so that none can be chosen to cancel the others'.

    Args:
        dealer: the dealer's index.
        secret: the contribution, a scalar.
        occasion: what the proof is for; it holds for nothing else.
    """
    nonce, commitment = random_scalar(), multiply_generator(secret)
    challenge = _challenge(dealer, commitment, multiply_generator(nonce), occasion=occasion)
    return challenge + scalar_difference(nonce, scalar_product(challenge, secret))


def deal(dealer: int, *, threshold: int, holders: int) -> Deal:
    """One holder's contribution to a key that nobody will ever hold.

    Args:
        dealer: the holder's own index, 1 to `holders`.
        threshold: how many holders are needed to use the key.
        holders: how many there are.

    Raises:
        InvalidError: the terms or the index make no sense.
    """
    check_terms(threshold, holders)
    if not 1 <= dealer <= holders:
        raise InvalidError("A dealer is one of the holders.")
    coefficients = [random_scalar() for _ in range(threshold)]
    commitments = tuple(multiply_generator(coefficient) for coefficient in coefficients)
    shares = tuple(Secret(value_at(coefficients, index)) for index in range(1, holders + 1))
    return Deal(PublicDeal(dealer, commitments, prove_known(dealer, coefficients[0])), shares)


def public_share(deals: Sequence[PublicDeal], index: int) -> bytes:
    """The element that a holder's proofs are checked against, from what every dealer made public."""
    return element_sum(commitment_at(deal.commitments, index) for deal in deals)


def group_key(deals: Sequence[PublicDeal]) -> bytes:
    """The public element of the whole key."""
    return element_sum(deal.commitments[0] for deal in deals)


def commitment_at(commitments: Sequence[bytes], index: int) -> bytes:
    """The public element of a committed polynomial's value at a holder's index."""
    return weighted_sum(_powers(index, len(commitments)), commitments)


def verify_public_deal(public: PublicDeal, threshold: int, *, occasion: bytes = b"") -> None:
    """Let pass a deal whose dealer knows what it committed to.

    Raises:
        InvalidError: the deal is malformed or its proof does not hold; the message names the dealer.
    """
    try:
        sound = len(public.commitments) == threshold and _proof_holds(public, occasion)
    except InvalidError:
        sound = False
    if not sound:
        raise InvalidError(f"The public deal of holder {public.dealer} is not valid.", (f"deal[{public.dealer}]",))


def _proof_holds(public: PublicDeal, occasion: bytes) -> bool:
    for commitment in public.commitments:
        check_element(commitment)
    challenge, response = check_scalar(public.proof[:32]), check_scalar(public.proof[32:])
    first = public.commitments[0]
    nonce_element = element_sum((multiply_generator(response), multiply(challenge, first)))
    return _challenge(public.dealer, first, nonce_element, occasion=occasion) == challenge


def verify_deal(public: PublicDeal, holder: int, share: Secret) -> None:
    """Let pass a share that lies on the polynomial its dealer committed to.

    Raises:
        InvalidError: it does not; the message names the dealer.
    """
    try:
        sound = multiply_generator(check_scalar(share.value)) == commitment_at(public.commitments, holder)
    except InvalidError:
        sound = False
    if not sound:
        raise InvalidError(
            f"Holder {public.dealer} dealt holder {holder} a share that does not fit its commitments.",
            (f"deal[{public.dealer}]",),
        )


def combine_deals(holder: int, deals: Sequence[PublicDeal], shares: Sequence[Secret]) -> Secret:
    """A holder's share of the key, from one verified share of every dealer, in the order of the deals.

    Raises:
        InvalidError: a dealer is missing or doubled, or a share or deal is wrong; the message names its dealer.
    """
    if not deals or len(shares) != len(deals) or len({public.dealer for public in deals}) != len(deals):
        raise InvalidError("A key is combined from exactly one deal and one share of every dealer.")
    for public, share in zip(deals, shares, strict=True):
        verify_public_deal(public, len(deals[0].commitments))
        verify_deal(public, holder, share)
    return Secret(scalar_sum(share.value for share in shares))


def lagrange(indexes: Collection[int]) -> dict[int, bytes]:
    """What each of these holders' answers is multiplied by before they are added.

    Raises:
        InvalidError: an index is no positive number, or there is none.
    """
    if not indexes or len(set(indexes)) != len(indexes) or not all(1 <= index <= HOLDERS_MAX for index in indexes):
        raise InvalidError("Holders are numbered from 1, and each answers once.")
    return {index: _coefficient(index, indexes) for index in indexes}


def _coefficient(index: int, indexes: Collection[int]) -> bytes:
    above, below = 1, 1
    for other in indexes:
        if other != index:
            above, below = above * other, below * (other - index)
    return scalar_product(scalar_of(above), scalar_inverse(scalar_of(below)))


def combine_partials(partials: Mapping[int, Sequence[bytes]], factors: Sequence[bytes]) -> list[bytes]:
    """The whole key's answers from those of enough holders, each also multiplied by its own factor.

    Args:
        partials: holder index to its answers; exactly as many holders as the threshold, already checked.
        factors: one scalar per answer, such as the inverse of its blind, which unblinds at no extra cost.

    Raises:
        InvalidError: the answers are uneven or malformed.
    """
    if any(len(answers) != len(factors) for answers in partials.values()):
        raise InvalidError("A holder answered more or fewer elements than it was asked.")
    weights = lagrange(partials)
    scaled = [[scalar_product(weight, factor) for factor in factors] for weight in weights.values()]
    terms = [list(map(multiply, row, answers)) for row, answers in zip(scaled, partials.values(), strict=True)]
    return [element_sum(column) for column in zip(*terms, strict=True)]
