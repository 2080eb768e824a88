"""Which clinical texts say nothing but clinical things: the gate that free text passes at a border."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from corridor.domain.care.lexicon import fold, lexicon

_LONGEST = 1000
_LONGEST_UNIT = 40
_SHORT_RUN = 2
_MEASURED_DIGITS = 8
_BARE_DIGITS = 7

_CHARACTERS = re.compile(r"[a-z0-9 \t\r\n.,;:+\-/()\[\]{}%<>=*#_&'\"±≤≥|?!~^]*")
_TOKEN = re.compile(
    r"(?>\d+(?:[.,]\d+)+)(?:e[+-]?\d{1,3}(?![a-z0-9]))?"  # 0.5 · 4.35e+04
    r"|\d+(?:e[+-]?\d{1,3})?(?![a-z0-9])"  # 300
    r"|[a-z0-9]+"  # lpv · 3tc · 300mg · efv600 · m184v
)
_NUMBER = re.compile(r"\d[\d.,]*(?:e[+-]?\d{1,3})?")
_GLUED_UNIT = re.compile(r"(\d+)([a-z]+)")
_GLUED_NUMBER = re.compile(r"([a-z]{2,})(\d{1,4})")
_MUTATION = re.compile(r"[acdefghiklmnpqrstvwy]\d{1,3}(?:[acdefghiklmnpqrstvwy]{1,4}|ins|del|stop)")
"""A substitution, insertion or deletion as resistance reports write it: M184V, T69ins, D67del."""
_ALLELE = re.compile(r"hla-?[abc]\*? ?\d\d:?\d\d")
"""An HLA type, such as HLA-B*57:01, on which abacavir depends."""
_MEASURED_BEFORE = re.compile(r"[<>≤≥=]=?\s*$")
_JOINTS = frozenset("/+")


@lru_cache(maxsize=8192)
def permits(text: str, *, measured: bool = False) -> bool:
    """Whether every token of a text is in the clinical lexicon, so that nobody can be named in it.

    Numbers count as tokens: strengths and counts on the lexicon's list, numbers that a unit follows or a
    comparator precedes, and nothing that could be a telephone or document number.

    Args:
        text: as written, any language.
        measured: the text is the result of a measurement, where one bare number is a value.
    """
    folded = _readable(text)
    if folded is None:
        return False
    tokens = list(_TOKEN.finditer(folded))
    if not tokens or (measured and len(tokens) == 1 and _bare_number(tokens[0].group())):
        return True
    return _says_something(tokens, folded) and _runs_are_short(tokens, folded) and _all_known(tokens, folded)


@lru_cache(maxsize=1024)
def permits_unit(text: str) -> bool:
    """Whether a unit, UCUM or as written, is made of known units and numbers: `10*6/L`, `{copies}/mL`."""
    folded = _readable(text)
    if folded is None or len(text) > _LONGEST_UNIT:
        return False
    tokens = list(_TOKEN.finditer(folded))
    return _runs_are_short(tokens, folded) and _all_known(tokens, folded)


def _readable(text: str) -> str | None:
    """The folded text, or None where it is too long or holds a sign that no clinical text needs, such as `@`."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    return _ALLELE.sub(" hla ", folded) if _CHARACTERS.fullmatch(folded) else None


def _bare_number(token: str) -> bool:
    return bool(_NUMBER.fullmatch(token)) and _digits(token) <= _BARE_DIGITS


def _digits(token: str) -> int:
    return sum(sign.isdigit() for sign in token.partition("e")[0])


def _says_something(tokens: list[re.Match[str]], folded: str) -> bool:
    """A clinical word of two letters or a comparator: initials, particles and lone numbers say nothing clinical."""
    fillers = lexicon().fillers
    words = (token.group() for token in tokens if not _NUMBER.fullmatch(token.group()))
    if any(len(word) > 1 and word not in fillers for word in words):
        return True
    return bool(_MEASURED_BEFORE.search(folded[: tokens[0].start()]))


def _runs_are_short(tokens: list[re.Match[str]], folded: str) -> bool:
    """At most two numbers in a row, unless `/` or `+` joins them: `50/300/300` is a strength, `55 12 30` is not."""
    run = 1
    for one, two in pairwise(tokens):
        joint = folded[one.end() : two.start()].strip()
        both = _NUMBER.fullmatch(one.group()) and _NUMBER.fullmatch(two.group())
        run = run + 1 if both and joint not in _JOINTS else 1
        if run > _SHORT_RUN:
            return False
    return True


def _all_known(tokens: list[re.Match[str]], folded: str) -> bool:
    for position, token in enumerate(tokens):
        following = tokens[position + 1].group() if position + 1 < len(tokens) else ""
        if not _known(token.group(), following, folded[: token.start()]):
            return False
    return True


def _known(token: str, following: str, before: str) -> bool:
    known = lexicon()
    if token in known.words or token in known.regimen_codes or _MUTATION.fullmatch(token):
        return True
    if _NUMBER.fullmatch(token):
        measured = following in known.units or _MEASURED_BEFORE.search(before)
        return token.replace(",", ".") in known.numbers or bool(measured and _digits(token) <= _MEASURED_DIGITS)
    return _glued(token)


def _glued(token: str) -> bool:
    """`300mg`, `12h` and `efv600`: a known word with a number written onto it."""
    known = lexicon()
    if match := _GLUED_UNIT.fullmatch(token):
        number, word = match.groups()
        return word in known.words and (
            number in known.numbers or (word in known.units and len(number) <= _BARE_DIGITS)
        )
    if match := _GLUED_NUMBER.fullmatch(token):
        word, number = match.groups()
        return word in known.words and number in known.numbers
    return False
