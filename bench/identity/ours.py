"""A corpus looked through by what ships: the hub alone, and with the home's answer, at thresholds that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.identity.corpora import Corpus
from bench.identity.index import Found, Register
from corridor.domain.grade import Grade
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.flags import flags
from corridor.domain.identity.scoring import scores
from corridor.flows.resolve_identity import CANDIDATES

Pairs = list[tuple[float, bool]]


@dataclass(slots=True)
class Searched:
    """What came of a corpus.

    Attributes:
        first: pairs that share a token, with the hub's probability.
        second: those that the hub names, with the home's.
        certain: those that are tied without a human.
        right, wrong: searches in which the person's own home was asked, and those in which only others were.
        largest: how many people share the most popular token.
    """

    first: Pairs = field(default_factory=list)
    second: Pairs = field(default_factory=list)
    certain: Pairs = field(default_factory=list)
    right: int = 0
    wrong: int = 0
    tokens: int = 0
    largest: int = 0


def search(corpus: Corpus) -> Searched:
    """Everyone of the right register sought in the left one; in one register everyone in all the others."""
    register, came = Register(corpus.left), Searched()
    came.tokens = register.tokens
    came.largest = max(map(len, register.index.values()), default=0)
    first: dict[tuple[int, int], float] = {}
    second: dict[tuple[int, int], tuple[float, Grade]] = {}
    for number, who in enumerate(corpus.right):
        found = register.find(who, frozenset(), besides=number if corpus.alone else -1)
        ranked = _hub(found, registered=len(corpus.left))
        for chance, place in ranked:
            pair = corpus.pair(place, number)
            first[pair] = max(chance, first.get(pair, 0.0))
        named = _named(ranked, every=corpus.alone)
        _count_homes(came, [corpus.pair(place, number) in corpus.truth for place in named])
        for place in named:
            grade, chance = matching.confirm(who, corpus.left[place])
            pair = corpus.pair(place, number)
            second[pair] = max((chance, grade), second.get(pair, (0.0, grade)), key=lambda each: each[0])
    came.first = [(chance, pair in corpus.truth) for pair, chance in first.items()]
    came.second = [(chance, pair in corpus.truth) for pair, (chance, _) in second.items()]
    came.certain = [(1.0, pair in corpus.truth) for pair, (_, grade) in second.items() if grade is Grade.CERTAIN]
    return came


def _hub(found: Found, *, registered: int) -> list[tuple[float, int]]:
    chances = scores(flags(found.asked), found.kinds, found.agreements, registered=registered)
    return sorted(zip(chances, found.places, strict=True), reverse=True)


def _named(ranked: Sequence[tuple[float, int]], *, every: bool) -> list[int]:
    """Whose homes are asked; where people stand in a register several times, all of them."""
    named = [place for chance, place in ranked if chance >= scoring.GATE]
    return named if every else named[:CANDIDATES]


def _count_homes(came: Searched, same: Sequence[bool]) -> None:
    came.right += any(same)
    came.wrong += bool(same) and not any(same)
