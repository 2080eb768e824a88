"""Two people side by side as numbers, the same from either side: what the home node's model is asked with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import JaroWinkler, Levenshtein

from corridor.domain.identity.likeness import (
    SAME,
    Birth,
    Paper,
    births_likeness,
    matched_words,
    sexes_likeness,
    word_likeness,
)

_BIRTHS = ("different", "unknown", "compatible", "slip", "swapped", "same")
_SEXES = {"different": -1, "unknown": 0, "same": 1}
_FAR = 9
_FAR_YEARS = 20

NAME_INPUTS = ("same", "near", "unmet", "more", "known", "turned", "closest", "farthest")
"""Of a list of names: how many are alike, close, met by none, on one side only, known on both, out of order."""

BIRTH_INPUTS = ("likeness", "parts", "digits", "years")
PAPER_INPUTS = ("same", "near", "nearest", "apart", "shared", "fewest")


def names(left: Sequence[str], right: Sequence[str]) -> tuple[float, ...]:
    """Two lists of folded name words, in the order of `NAME_INPUTS`."""
    pairs = matched_words(left, right)
    alike = sum(likeness == SAME for likeness, _, _ in pairs)
    few = min(len(left), len(right))
    near = [round(JaroWinkler.similarity(left[i], right[j]), 2) for _, i, j in pairs]
    closest = max((round(JaroWinkler.similarity(a, b), 2) for a in left for b in right), default=0.0)
    turned = sum(i != j for _, i, j in pairs)
    unmet = few - len(pairs)
    return (alike, len(pairs) - alike, unmet, abs(len(left) - len(right)), few, turned, closest, min(near, default=0.0))


def crossed(left: tuple[Sequence[str], Sequence[str]], right: tuple[Sequence[str], Sequence[str]]) -> int:
    """How many given names of one are surnames of the other: both sides' fields may have been swapped."""
    given, surnames = left
    theirs_given, theirs = right
    one = sum(word_likeness(a, b) == SAME for a in given for b in theirs)
    return one + sum(word_likeness(a, b) == SAME for a in theirs_given for b in surnames)


def births(left: Birth | None, right: Birth | None) -> tuple[float, ...]:
    """Two birth dates, in the order of `BIRTH_INPUTS`."""
    likeness = _BIRTHS.index(births_likeness(left, right))
    if left is None or right is None:
        return (likeness, 0, 0, 0)
    known = [(a, b) for a, b in zip(left, right, strict=True) if a is not None and b is not None]
    one, other = ("".join(f"{part[side]:02}" for part in known) for side in (0, 1))
    return (likeness, len(known), Levenshtein.distance(one, other), min(abs(left[0] - right[0]), _FAR_YEARS))


def papers(left: Collection[Paper], right: Collection[Paper]) -> tuple[float, ...]:
    """Two sets of papers, in the order of `PAPER_INPUTS`."""
    ours, theirs = ({(issuer, core) for issuer, _, core in each} for each in (left, right))
    apart = [Levenshtein.distance(a, b, score_cutoff=_FAR) for a, b in _of_one_issuer(ours - theirs, theirs - ours)]
    kinds, others = ({(issuer, kind) for issuer, kind, _ in each} for each in (left, right))
    near = sum(distance == 1 for distance in apart)
    fewest = min(len(ours), len(theirs))
    shared = len({kind for kind in kinds & others if kind[1] == "national"})
    return (len(ours & theirs), near, min((*apart, _FAR)), len(apart), shared, fewest)


def _of_one_issuer(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((a, b) for issuer, a in left for other, b in right if issuer == other)


def sexes(left: str, right: str) -> int:
    """1 for the same sex, -1 for another, 0 where either is unknown."""
    return _SEXES[sexes_likeness(left, right)]


def sets(left: Collection[str], right: Collection[str]) -> tuple[int, int]:
    """How many texts are the same, and how many could have been but are not."""
    alike = len(set(left) & set(right))
    return alike, min(len(left), len(right)) - alike
