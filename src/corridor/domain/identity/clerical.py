"""What a sample that two people judged tells of how well people are found: precision and recall with their intervals.

Pairs are drawn by strata of the score, so that the rare and telling ones are looked at too; every pair stands for as
many as its stratum holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corridor.domain.errors import InvalidError
from corridor.domain.identity.matching import CERTAIN_FROM, DECIDED_FROM, POSSIBLE_FROM, PROBABLE_FROM

BOUNDS = (0.001, POSSIBLE_FROM, 0.2, DECIDED_FROM, PROBABLE_FROM, CERTAIN_FROM)
"""Scores from which each stratum begins; the last holds what is tied without a human.

Pairs below the first are not judged: there are so many that no sample of them could tell the few that are one person.
"""

DECIDED = BOUNDS.index(DECIDED_FROM)
"""First stratum that counts as found."""

CERTAIN = BOUNDS.index(CERTAIN_FROM)
Z95 = 1.959964
"""Standard normal deviate of a two-sided interval of 95 %."""


class Judged(StrEnum):
    """What somebody made of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share from 0 to 1, and the interval that holds the true one in 95 of 100 such samples."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the sample told.

    Attributes:
        precision: of what counts as found.
        precision_certain: of what is tied without a human.
        recall: of all pairs of one person that score at least the lowest bound.
        judged: pairs on which both agree.
        open: pairs on which they do not, or are unsure; both ways of settling them lie within the intervals.
        agreement: share of pairs on which both say the same.
        kappa: the same beyond chance, as Cohen counts it.
    """

    precision: Estimate
    precision_certain: Estimate
    recall: Estimate
    judged: int
    open: int
    agreement: float
    kappa: float


@dataclass(slots=True)
class _Stratum:
    """Pairs that there are, that were judged, and that are one person."""

    size: int
    judged: int = 0
    same: int = 0

    @property
    def share(self) -> float:
        """Of one person, among those that were judged."""
        return self.same / self.judged if self.judged else 0.5

    @property
    def careful(self) -> float:
        """The same with one made-up pair of each kind, so that few pairs are never taken for certainty."""
        return self.share if self.judged >= self.size else (self.same + 1) / (self.judged + 2)

    @property
    def variance(self) -> float:
        """Of the number of pairs of one person in it; none where all were judged."""
        unseen = 1 - min(1.0, self.judged / self.size)
        return self.size**2 * unseen * self.careful * (1 - self.careful) / (self.judged + 2)


def stratum_of(score: float) -> int | None:
    """The stratum that a score belongs to; None below the lowest."""
    return max((place for place, bound in enumerate(BOUNDS) if score >= bound), default=None)


def verdicts(
    sizes: Sequence[int], strata: Mapping[int, int], judges: tuple[Mapping[int, Judged], Mapping[int, Judged]]
) -> Verdicts:
    """What two people's judgements of the same pairs tell.

    Args:
        sizes: pairs in each stratum.
        strata: the stratum of each pair that was drawn.
        judges: by pair, what each of them made of it.

    Raises:
        InvalidError: a pair was judged by one of them alone, or by nobody.

    Source: Agresti and Coull, Approximate is better than exact (1998); Korn and Graubard, Confidence intervals for
        proportions with small expected number of positive counts (1998), for the effective size of the sample.
    """
    first, second = judges
    if not strata or first.keys() != strata.keys() or second.keys() != strata.keys():
        raise InvalidError("Both people judge every pair of the sample, and no other.")
    agreed = {pair: said for pair, said in first.items() if said is second[pair] and said is not Judged.UNSURE}
    known = _counted(sizes, agreed.items(), strata)
    unsettled = [pair for pair in strata if pair not in agreed]
    ways = [
        _counted(sizes, [*agreed.items(), *((pair, _settled(strata[pair], kindly)) for pair in unsettled)], strata)
        for kindly in (False, True)
    ]
    agreement, kappa = _agreement([(first[pair], second[pair]) for pair in strata])
    return Verdicts(
        _spanning(_precision(known, DECIDED), [_precision(way, DECIDED) for way in ways]),
        _spanning(_precision(known, CERTAIN), [_precision(way, CERTAIN) for way in ways]),
        _spanning(_recall(known), [_recall(way) for way in ways]),
        len(agreed),
        len(unsettled),
        agreement,
        kappa,
    )


def _settled(stratum: int, kindly: bool) -> Judged:  # noqa: FBT001 - the one question that is asked twice
    """An open pair taken for us or against us."""
    return Judged.SAME if (stratum >= DECIDED) is kindly else Judged.DIFFERENT


def _counted(
    sizes: Sequence[int], judged: Iterable[tuple[int, Judged]], strata: Mapping[int, int]
) -> tuple[_Stratum, ...]:
    counted = tuple(_Stratum(size) for size in sizes)
    for pair, said in judged:
        counted[strata[pair]].judged += 1
        counted[strata[pair]].same += said is Judged.SAME
    return counted


def _precision(strata: Sequence[_Stratum], start: int) -> Estimate:
    of = [each for each in strata[start:] if each.size]
    size = sum(sizes := [each.size for each in of])
    if not size:
        return Estimate(0.0, 0.0, 1.0)
    value, careful = (sum(map(math.prod, zip(sizes, shares, strict=True))) / size for shares in _both(of))
    return _interval(value, careful, sum(each.variance for each in of) / size**2)


def _both(of: Sequence[_Stratum]) -> tuple[list[float], list[float]]:
    return [each.share for each in of], [each.careful for each in of]


def _recall(strata: Sequence[_Stratum]) -> Estimate:
    """Pairs found over all pairs of one person; the variance of a ratio by its first derivatives."""
    of = [each for each in strata if each.size]
    found = sum(each.size * each.share for each in strata[DECIDED:])
    every = sum(each.size * each.share for each in of)
    if not every:
        return Estimate(0.0, 0.0, 1.0)
    careful = sum(each.size * each.careful for each in strata[DECIDED:] if each.size)
    missed = sum(each.size * each.careful for each in strata[:DECIDED] if each.size)
    spread = [sum(each.variance for each in side if each.size) for side in (strata[DECIDED:], strata[:DECIDED])]
    variance = (missed**2 * spread[0] + careful**2 * spread[1]) / (careful + missed) ** 4
    return _interval(found / every, careful / (careful + missed), variance)


def _interval(value: float, careful: float, variance: float) -> Estimate:
    """Wilson's interval for a sample of the size that would have this variance."""
    if variance <= 0:
        return Estimate(value, value, value)
    square = Z95**2 * variance / (careful * (1 - careful))
    middle = (value + square / 2) / (1 + square)
    half = math.sqrt(square * value * (1 - value) + square**2 / 4) / (1 + square)
    return Estimate(value, max(0.0, middle - half), min(1.0, middle + half))


def _spanning(known: Estimate, ways: Sequence[Estimate]) -> Estimate:
    """The interval that holds those of every way in which open pairs may be settled."""
    every = [known, *ways]
    return Estimate(known.value, min(each.low for each in every), max(each.high for each in every))


def _agreement(pairs: Sequence[tuple[Judged, Judged]]) -> tuple[float, float]:
    """Share of pairs on which two people say the same, and Cohen's kappa."""
    observed = sum(one is other for one, other in pairs) / len(pairs)
    chance = (
        sum(sum(one is word for one, _ in pairs) * sum(other is word for _, other in pairs) for word in Judged)
        / len(pairs) ** 2
    )
    return observed, 1.0 if chance == 1 else (observed - chance) / (1 - chance)
