"""What the pages on which a person shows that they are there need: the acts, ready to be called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from corridor.domain.asking import Asking
from corridor.domain.presence import Challenge, PrintedCard, ProofKind
from corridor.flows.answer_challenge import Answered
from corridor.flows.attest_presence import Vouching
from corridor.flows.show_presence import Standing

MESSAGE = "presence.message"
"""Key of the words that a telephone shows around a code; they name no disease and no clinic."""


class PutQuestion(Protocol):
    """`challenge_presence` with its desk."""

    def __call__(self, asking: Asking, patient_id: str, kind: ProofKind, *, language: str) -> Awaitable[Challenge]:
        """A question to the card or the telephone."""


@dataclass(frozen=True, slots=True)
class PresenceActs:
    """A clinician's acts with the person before them; each checks access and writes its own audit.

    Attributes:
        standing: whether the person was shown to be there, and how they could be.
        challenge: a question to the card or the telephone, in the language of the page.
        answer: the person's answer; ForbiddenError where it is wrong.
        attest: the clinician's word; ForbiddenError where it was not confirmed.
        make_card: a new card, to be printed now.
        revoke_card: end the person's card.
        picture: a QR code of a text, as SVG.
        asks_password: whether accounts of this node have passwords that can be asked for.
    """

    standing: Callable[[Asking, str], Awaitable[Standing]]
    challenge: PutQuestion
    answer: Callable[[Asking, str, Answered], Awaitable[object]]
    attest: Callable[[Asking, str, Vouching], Awaitable[object]]
    make_card: Callable[[Asking, str], Awaitable[PrintedCard]]
    revoke_card: Callable[[Asking, str], Awaitable[object]]
    picture: Callable[[str], bytes]
    asks_password: bool = True
