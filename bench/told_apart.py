"""How well an attacker can tell two kinds of answers apart by their times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from random import Random

RESAMPLES = 1000


def area(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that a time of one kind is longer than one of the other, ties counted half: .5 tells nothing.

    Source: Mann and Whitney 1947; area under the ROC curve.
    """
    ordered = sorted(other)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in one)
    return below / (2 * len(one) * len(other))


def bounds(one: Sequence[float], other: Sequence[float], *, seed: int = 7) -> tuple[float, float]:
    """Where 95 of 100 bootstrap resamples of that chance lie."""
    dice = Random(seed)  # resampling, no secret
    found = sorted(area(dice.choices(one, k=len(one)), dice.choices(other, k=len(other))) for _ in range(RESAMPLES))
    return found[round(0.025 * RESAMPLES)], found[round(0.975 * RESAMPLES) - 1]
