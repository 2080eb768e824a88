"""The hub's first opinion: how likely two sets of tokens are one person, from what agreed and how much was known.

The weights are data, trained by `bench/train_scoring.py`; here kinds of tokens are numbers without a meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import msgspec

from corridor.domain.identity.register import Flags

GATE = 0.2
"""Probability from which the hub names a candidate to its home; below it a decoy is handed out."""


class Condition(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One thing that holds or not for a pair.

    Attributes:
        test: `agree` (at least `amount` tokens of kind `number` agree), `lack` (fewer do),
            `both` (both persons' flag `number` is at least `amount`), `share` (both have a bit of `amount` in it).
    """

    test: str
    number: int
    amount: int


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight in log odds that counts when all its conditions hold."""

    when: tuple[Condition, ...]
    weight: float


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trained model: where it comes from and how good it was (`meta`), its intercept and its terms."""

    meta: dict[str, object]
    intercept: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What the hub sees of two persons: how many tokens of each kind agree, and the flags of both."""

    agreeing: Mapping[int, int]
    asked: Flags
    candidate: Flags


def holds(condition: Condition, pair: Pair) -> bool:
    """Whether one condition of the model is true of a pair."""
    if condition.test in {"agree", "lack"}:
        enough = pair.agreeing.get(condition.number, 0) >= condition.amount
        return enough is (condition.test == "agree")
    asked, known = pair.asked.integers()[condition.number], pair.candidate.integers()[condition.number]
    if condition.test == "share":
        return bool(asked & known & condition.amount)
    return min(asked, known) >= condition.amount


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The model that ships with the package."""
    raw = files("corridor.domain.identity").joinpath("scoring_weights.json").read_bytes()
    return msgspec.json.decode(raw, type=Weights)


def probability(log_odds: float) -> float:
    """A probability from log odds, safe at either end."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, log_odds))))


def score(agreeing: Mapping[int, int], asked: Flags, candidate: Flags) -> float:
    """How likely the two are one person.

    Args:
        agreeing: kind to number of equal tokens.
        asked: flags of the person who is asked about.
        candidate: flags of the registered person.

    Returns:
        A calibrated probability; none without any agreement.
    """
    if not any(agreeing.values()):
        return 0.0
    model, pair = weights(), Pair(agreeing, asked, candidate)
    terms = (term.weight for term in model.terms if all(holds(condition, pair) for condition in term.when))
    return probability(model.intercept + math.fsum(terms))
