"""The language of resistance rules (ASI 2): `SCORE FROM ( 41L => 5, MAX(184I => 15, 184V => 15) )` and conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from corridor.domain.care.resistance.genotype import DELETION, INSERTION
from corridor.domain.care.resistance.interpretation import Reason
from corridor.domain.errors import MalformedError

Changes = Mapping[int, frozenset[str]]
"""Of one gene: what was found at each position that changed."""
Condition = Callable[[Changes], bool]
Score = Callable[[Changes], tuple[Reason, ...]]
"""The rules that count for what was found."""
Read = TypeVar("Read")

_TOKEN = re.compile(
    r"(?<==>)\s*(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|\s*(?:(?P<word>SCORE|FROM|MAX|MEAN|AND|OR|NOT|EXCLUDE|SELECT|EXACTLY|ATLEAST|NOTMORETHAN|TRUE)(?![A-Za-z])"
    r"|(?P<residue>[A-Z]?\d+[A-Zid]*)"
    r"|(?P<letters>[A-Zid]+)"
    r"|(?P<sign>=>|[(),]))"
)
_RESIDUE = re.compile(r"([A-Z]?)(\d+)([A-Zid]*)")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_EVERYTHING = frozenset("ACDEFGHIKLMNPQRSTVWY" + INSERTION + DELETION)
_COUNTS: Mapping[str, Callable[[int, int], bool]] = {
    "EXACTLY": lambda found, wanted: found == wanted,
    "ATLEAST": lambda found, wanted: found >= wanted,
    "NOTMORETHAN": lambda found, wanted: found <= wanted,
}


def score_rule(text: str) -> Score:
    """A rule that gives points, made ready to be asked again and again.

    `MAX` takes the largest of the points that count, which may be below zero, and nothing where none counts.

    Raises:
        MalformedError: not a rule of ASI 2.

    Source: Stanford HIVdb, Algorithm Specification Interface version 2.
    """
    tokens = _Tokens(text)
    tokens.take("SCORE")
    tokens.take("FROM")
    found = _items(tokens)
    tokens.end()
    return found


def condition(text: str) -> Condition:
    """A condition on what was found, such as `33i OR 34i` or `SELECT ATLEAST 2 FROM (41L, 67N, 70R)`.

    `AND` and `OR` bind alike and are read from left to right.

    Raises:
        MalformedError: not a condition of ASI 2.
    """
    tokens = _Tokens(text)
    found = _condition(tokens)
    tokens.end()
    return found


class _Tokens:
    """The signs of a rule, and how far it is read.

    Args:
        text: the whole rule.
    """

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._all = [*_split(self._text)]
        self.at = 0

    @property
    def next(self) -> str:
        """What comes next; empty at the end."""
        return self._all[self.at] if self.at < len(self._all) else ""

    def take(self, wanted: str = "") -> str:
        """What comes next, which then is read; where something is wanted, it must be that."""
        found = self.next
        if not found or (wanted and found != wanted):
            raise MalformedError(f"A resistance rule lacks {wanted or 'its end'}: {self._text[:60]}")
        self.at += 1
        return found

    def since(self, start: int) -> str:
        """What was read since a place."""
        return " ".join(self._all[start : self.at])

    def end(self) -> None:
        """Nothing may be left."""
        if self.next:
            raise MalformedError(f"A resistance rule goes on after its end: {self._text[:60]}")


def _split(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise MalformedError(f"A resistance rule has a sign that is unknown: {text[position : position + 20]}")
        position = match.end()
        yield match.group().strip()


def _items(tokens: _Tokens) -> Score:
    """The items in brackets; all that count are added up."""
    items = _listed(tokens, _item)
    return lambda changes: tuple(reason for item in items for reason in item(changes))


def _listed(tokens: _Tokens, read: Callable[[_Tokens], Read]) -> list[Read]:
    tokens.take("(")
    found = [read(tokens)]
    while tokens.next == ",":
        tokens.take(",")
        found.append(read(tokens))
    tokens.take(")")
    return found


def _item(tokens: _Tokens) -> Score:
    if tokens.next in _CHOICES:
        choose = _CHOICES[tokens.take()]
        inner = _items(tokens)
        return lambda changes: choose(inner(changes))
    start = tokens.at
    holds = _condition(tokens)
    rule = tokens.since(start)
    tokens.take("=>")
    points = tokens.take()
    if not _NUMBER.fullmatch(points):
        raise MalformedError(f"A resistance rule gives no number of points: {rule}")
    counted = (Reason(rule, float(points)),)
    return lambda changes: counted if holds(changes) else ()


def _largest(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return (max(reasons, key=lambda reason: reason.points),) if reasons else ()


def _mean(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(Reason(reason.rule, reason.points / len(reasons)) for reason in reasons)


_CHOICES: Mapping[str, Callable[[tuple[Reason, ...]], tuple[Reason, ...]]] = {"MAX": _largest, "MEAN": _mean}


def _condition(tokens: _Tokens) -> Condition:
    found = _part(tokens)
    while tokens.next in {"AND", "OR"}:
        found = _both(found, tokens.take(), _part(tokens))
    return found


def _both(one: Condition, word: str, two: Condition) -> Condition:
    if word == "AND":
        return lambda changes: one(changes) and two(changes)
    return lambda changes: one(changes) or two(changes)


def _part(tokens: _Tokens) -> Condition:
    if tokens.next == "(":
        tokens.take("(")
        inner = _condition(tokens)
        tokens.take(")")
        return inner
    if tokens.next == "TRUE":
        tokens.take()
        return lambda _: True
    if tokens.next == "EXCLUDE":
        tokens.take()
        excluded = _residue(tokens)
        return lambda changes: not excluded(changes)
    return _selection(tokens) if tokens.next == "SELECT" else _residue(tokens)


def _selection(tokens: _Tokens) -> Condition:
    """`SELECT ATLEAST 2 AND NOTMORETHAN 4 FROM (41L, 67N, …)`: so many of them."""
    tokens.take("SELECT")
    fits = _count(tokens)
    while tokens.next in {"AND", "OR"}:
        fits = _both_counts(fits, tokens.take(), _count(tokens))
    tokens.take("FROM")
    residues = _listed(tokens, _residue)
    return lambda changes: fits(sum(residue(changes) for residue in residues))


def _count(tokens: _Tokens) -> Callable[[int], bool]:
    word, wanted = tokens.take(), tokens.take()
    if word not in _COUNTS or not wanted.isdigit():
        raise MalformedError(f"A resistance rule counts in a way that is unknown: {word} {wanted}")
    compare = _COUNTS[word]
    return lambda found: compare(found, int(wanted))


def _both_counts(one: Callable[[int], bool], word: str, two: Callable[[int], bool]) -> Callable[[int], bool]:
    if word == "AND":
        return lambda found: one(found) and two(found)
    return lambda found: one(found) or two(found)


def _residue(tokens: _Tokens) -> Condition:
    """`184IV`, `M184V` or `184(NOT IV)`: one of the amino acids, or any but them and the consensus."""
    text = tokens.take()
    match = _RESIDUE.fullmatch(text)
    if match is None:
        raise MalformedError(f"A resistance rule names a position in a way that is unknown: {text}")
    position, letters = int(match[2]), frozenset(match[3])
    if not letters:
        letters = _bracketed(tokens, own=match[1])
    return lambda changes: not letters.isdisjoint(changes.get(position, ()))


def _bracketed(tokens: _Tokens, *, own: str) -> frozenset[str]:
    tokens.take("(")
    negated = tokens.next == "NOT"
    if negated:
        tokens.take()
    letters = frozenset(tokens.take())
    tokens.take(")")
    return _EVERYTHING - letters - {own} if negated else letters
