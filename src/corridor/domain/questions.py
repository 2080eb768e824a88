"""Questions to the person themselves, whose answers two countries compare without telling them to each other."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from corridor.domain.identity.normalise import skeleton, words
from corridor.domain.tie import Said

QUESTIONS_MAX = 5
"""So many are asked about one tie, each once: more would let a caller guess their way to a record."""

ANSWER_MAX = 80


class Question(StrEnum):
    """What a person can be asked."""

    BIRTH_MONTH = "birth-month"
    BIRTH_DAY = "birth-day"
    BIRTH_YEAR = "birth-year"
    MOTHER_NAME = "mother-name"
    BIRTH_PLACE = "birth-place"
    SECOND_SURNAME = "second-surname"
    SECOND_GIVEN = "second-given"
    DOCUMENT_END = "document-end"


RANGES = {Question.BIRTH_MONTH: (1, 12), Question.BIRTH_DAY: (1, 31), Question.BIRTH_YEAR: (1900, 2100)}
"""Questions that are answered by a number."""

_OF_TRAIT: Mapping[str, tuple[Question, ...]] = {
    "birth": (Question.BIRTH_MONTH, Question.BIRTH_DAY, Question.BIRTH_YEAR),
    "surnames": (Question.SECOND_SURNAME,),
    "given": (Question.SECOND_GIVEN,),
    "papers": (Question.DOCUMENT_END,),
}
_ALWAYS = (Question.MOTHER_NAME, Question.BIRTH_PLACE)
"""What no search token holds and every person knows."""

_SETTLED = frozenset(("whole", "single", "same", "shorter"))
_END_DIGITS = 3


def agreed(pattern: Iterable[str]) -> tuple[str, ...]:
    """The traits that agreed, without how and without what they are."""
    parted = (each.partition(":") for each in pattern)
    return tuple(trait for trait, _, likeness in parted if likeness in _SETTLED)


def to_ask(pattern: Iterable[str], can_check: Collection[Question]) -> tuple[Question, ...]:
    """The questions worth asking, those about missing evidence first; only ones that can be checked.

    Args:
        pattern: how each trait compared.
        can_check: questions to which the register has an answer.
    """
    settled = agreed(pattern)
    missing = [each for trait, questions in _OF_TRAIT.items() if trait not in settled for each in questions]
    rest = [each for trait, questions in _OF_TRAIT.items() if trait in settled for each in questions]
    return tuple(each for each in (*missing, *_ALWAYS, *rest) if each in can_check)[:QUESTIONS_MAX]


def plain(question: Question, text: str) -> str:
    """An answer as it is compared: numbers as such, words by their consonants; empty where it is no answer."""
    text = text.strip()[:ANSWER_MAX]
    if question in RANGES:
        low, high = RANGES[question]
        return str(int(text)) if text.isascii() and text.isdecimal() and low <= int(text) <= high else ""
    if question is Question.DOCUMENT_END:
        digits = "".join(each for each in text if each.isascii() and each.isdecimal())
        return digits[-_END_DIGITS:] if len(digits) >= _END_DIGITS else ""
    first = words(text)[:1] if question is Question.MOTHER_NAME else words(text)
    return " ".join(skeleton(each) for each in first)


def veiled(question: Question, answer: str, *, salt: bytes) -> bytes:
    """What travels instead of a plain answer.

    A digest of so few possible answers hides them from the wire and from logs, not from the country that holds the
    register, which knows the person's own answer anyway.
    """
    return hmac.digest(salt, f"{question}={answer}".encode(), "sha256")


def compared(question: Question, given: bytes, known: Iterable[str], *, salt: bytes) -> Said:
    """Whether a veiled answer is one of those that the register accepts."""
    accepted = [veiled(question, each, salt=salt) for each in known if each]
    if not accepted:
        return Said.UNKNOWN
    return Said.YES if any(hmac.compare_digest(given, each) for each in accepted) else Said.NO
