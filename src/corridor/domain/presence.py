"""That a person is there when their history is asked for: their card, a code, or a clinician's word."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from corridor.domain.emergency import REVIEW_WITHIN, Verdict, stated

LASTS = timedelta(minutes=30)
"""How long a proof is good for, for the clinician to whom it was given: one visit."""

CHALLENGE_LASTS = timedelta(minutes=10)
TRIES = 5
LINES = 40
"""Lines on a card; each answers once."""

CODE_DIGITS = 6
CHALLENGES_PER_HOUR = 12
"""So many challenges may be put about one person, by anybody."""

MESSAGES_PER_HOUR = 4
"""So many codes are sent to one person's telephone."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for something else when it is read out or typed."""

_LINE_SIGNS = 6
_CARD_SIGNS = 8


class ProofKind(StrEnum):
    """How it was shown; it travels with what is asked."""

    CARD = "card"
    CODE = "code"
    ATTESTED = "attested"


NONE = "none"
"""In the place of a kind, where nobody has to be there: an emergency, or a withdrawal."""

KINDS = frozenset(ProofKind)


class Cause(StrEnum):
    """Why neither card nor code could be shown."""

    NO_CARD = "no-card"
    LOST = "lost"
    NO_TELEPHONE = "no-telephone"
    CANNOT = "cannot"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Card:
    """What is kept of a card: nothing that would answer for it.

    Attributes:
        number: printed on the card, in its QR too; says nothing about anybody.
        verifiers: keyed hash of each line's answer; empty once it was used.
    """

    number: str
    patient_id: str
    verifiers: tuple[str, ...]
    made_at: datetime
    revoked_at: datetime | None = None

    @property
    def left(self) -> int:
        """How many lines still answer."""
        return sum(map(bool, self.verifiers))


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A new card, to be printed once: its number and the answer of each line; has no readable text form."""

    number: str
    answers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that can be answered once.

    Attributes:
        line: of the card, from 1; 0 for a code.
        verifier: keyed hash of the right answer.
        tries: wrong answers so far.
    """

    id: str
    patient_id: str
    agent: str
    kind: ProofKind
    verifier: str
    until: datetime
    card: str = ""
    line: int = 0
    tries: int = 0

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return now < self.until and self.tries < TRIES


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a clinician states instead of a card or a code.

    Attributes:
        words: the clinician's own, 20 to 500 characters; never logged, never sent.
    """

    cause: Cause
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person was there, shown to one clinician.

    Attributes:
        agent: pseudonym of the clinician.
        until: it is good for a visit.
        attested: what the clinician stated, where that is all there is.
        verdict: of the second look at such a statement.
    """

    id: str
    patient_id: str
    agent: str
    kind: ProofKind
    at: datetime
    until: datetime
    attested: Attestation | None = None
    reviewer: str = ""
    verdict: Verdict | None = None
    note: str = field(default="", repr=False)
    reviewed_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the second look is due."""
        return self.at + REVIEW_WITHIN


def new_card() -> PrintedCard:
    """A card of chance alone: 39 bits of number, 29 bits a line."""
    return PrintedCard(_chance(_CARD_SIGNS), tuple(_chance(_LINE_SIGNS) for _ in range(LINES)))


def _chance(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_code() -> str:
    """Six digits of chance."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def plain(typed: str) -> str:
    """What somebody typed or scanned, as it is compared: without spaces and hyphens, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())[:64]


def any_line(card: Card) -> int:
    """A line that still answers, by chance, from 1; 0 where none is left."""
    left = [place for place, verifier in enumerate(card.verifiers, 1) if verifier]
    return secrets.choice(left) if left else 0


def without_line(card: Card, line: int) -> Card:
    """The card with a line used up."""
    kept: Sequence[str] = [each if place != line else "" for place, each in enumerate(card.verifiers, 1)]
    return replace(card, verifiers=tuple(kept))


def attestation(cause: str, words: str) -> Attestation:
    """What was stated, if it says enough.

    Raises:
        InvalidError: no known cause, or too few or too many words.
    """
    return Attestation(*stated(cause, words, of=Cause))
