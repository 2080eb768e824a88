"""Features in, tokens out: what the asking node does around the answers of the key holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq
from corridor.domain.identity.features import Feature
from corridor.domain.identity.group import check_element, scalar_inverse
from corridor.domain.identity.oprf import Blinded, blind, output
from corridor.domain.identity.register import TOKEN_BYTES, Token
from corridor.domain.identity.sharing import combine_partials

_DOMAIN = b"corridor/token/v1"


@dataclass(frozen=True, slots=True, repr=False)
class BlindedFeatures:
    """What stays at the asking node between its question and the answers: features, blinds and who they belong to."""

    features: tuple[Feature, ...]
    blinded: tuple[Blinded, ...]
    counts: tuple[int, ...]

    @property
    def elements(self) -> list[bytes]:
        """The elements to send, person after person."""
        return [one.element for one in self.blinded]


def message_of(feature: Feature) -> bytes:
    """A feature as input of the function; the kind keeps equal texts of different kinds apart."""
    return _DOMAIN + bytes((0, feature.kind)) + feature.text.encode()


def begin(features: Sequence[Feature]) -> tuple[list[bytes], BlindedFeatures]:
    """Blind one person's features.

    Returns:
        The elements to send to any three holders, and the state to keep for `finish`.

    Raises:
        InvalidError: a feature is too long.
    """
    return begin_batch((features,))


def begin_batch(persons: Sequence[Sequence[Feature]]) -> tuple[list[bytes], BlindedFeatures]:
    """Blind the features of several persons for one request under one proof.

    Returns:
        The elements to send to any three holders, and the state to keep for `finish_batch`.

    Raises:
        InvalidError: a feature is too long.
    """
    features = tuple(feature for person in persons for feature in person)
    blinded = tuple(blind(message_of(feature)) for feature in features)
    state = BlindedFeatures(features, blinded, tuple(len(person) for person in persons))
    return state.elements, state


def check_partial(public_share: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], *, proof: bytes) -> None:
    """Let pass a holder's answers only if it made every one with the share it committed to.

    Raises:
        InvalidError: it did not, or something is malformed; the caller knows whom it asked and names it.
    """
    dleq.verify(public_share, blinded, evaluated, proof=proof)


def finish(state: BlindedFeatures, partials: Mapping[int, Sequence[bytes]], *, threshold: int) -> tuple[Token, ...]:
    """One person's tokens from the checked answers of enough holders.

    Args:
        state: what `begin` gave, used once.
        partials: holder index to answers in the order asked, each already through `check_partial`.
        threshold: how many holders the key needs; further answers are left aside.

    Raises:
        InvalidError: too few holders answered, or answers are uneven or malformed.
    """
    return tuple(token for person in finish_batch(state, partials, threshold=threshold) for token in person)


def finish_batch(
    state: BlindedFeatures, partials: Mapping[int, Sequence[bytes]], *, threshold: int
) -> tuple[tuple[Token, ...], ...]:
    """Each person's tokens, in the order of `begin_batch`; otherwise as `finish`.

    Persons of whom too little is known for any feature have no tokens, and need no answers.

    Raises:
        InvalidError: too few holders answered, or answers are uneven or malformed.
    """
    if not state.features:
        return tuple(() for _ in state.counts)
    if len(partials) < threshold:
        raise InvalidError("Too few key holders answered.")
    chosen = {index: partials[index] for index in sorted(partials)[:threshold]}
    unblinded = combine_partials(chosen, [scalar_inverse(one.blind) for one in state.blinded])
    tokens = iter([_token(*pair) for pair in zip(state.features, unblinded, strict=True)])
    return tuple(tuple(next(tokens) for _ in range(count)) for count in state.counts)


def _token(feature: Feature, unblinded: bytes) -> Token:
    return Token(feature.kind, output(message_of(feature), check_element(unblinded))[:TOKEN_BYTES])
