"""How good a way of finding people is, from scored pairs of which the truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Quality:
    """At one fixed threshold: precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def quality(pairs: Iterable[tuple[float, bool]], *, known: int, threshold: float) -> Quality:
    """How good the pairs are that score at least the threshold.

    Args:
        pairs: score, and whether the two are one person.
        known: how many pairs of one person there are, found or not.
        threshold: fixed beforehand, never fitted to these pairs.
    """
    decided = [same for score, same in pairs if score >= threshold]
    right = sum(decided)
    precision, recall = right / max(1, len(decided)), right / max(1, known)
    total = precision + recall
    return Quality(precision, recall, 2 * precision * recall / total if total else 0.0)


def recall_at(pairs: Iterable[tuple[float, bool]], *, known: int, precision: float) -> float:
    """The highest recall that some threshold reaches with at least this precision; pairs of one score go together."""
    best, right, taken = 0.0, 0, 0
    for _, group in groupby(sorted(pairs, reverse=True), key=lambda pair: pair[0]):
        truths = [same for _, same in group]
        right, taken = right + sum(truths), taken + len(truths)
        if right >= precision * taken:
            best = right / max(1, known)
    return best
