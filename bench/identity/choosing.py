"""The thresholds of the hub, chosen by a rule on invented worlds that no model learned from; see docs/adr."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bench.andean_people import World
from bench.identity.index import Found, searches, searches_within
from bench.identity.lessons import told
from bench.identity.recipes import CHOOSING, NOISIEST, AnyRecipe, written
from corridor.domain.identity.flags import flags
from corridor.domain.identity.quality import quality
from corridor.domain.identity.scoring import scores
from corridor.flows.resolve_identity import CANDIDATES

CUTS = tuple(round(step / 20, 2) for step in range(1, 20))
FINE_CUTS = tuple(round(step / 100, 2) for step in range(1, 100))
WRONG_MOST = 0.02
"""Homes asked about somebody whom they do not know, for each that is asked about somebody whom it knows."""

SURE = 1.645
"""Standard errors between a count and the most that it may be in nineteen of twenty worlds of the same sort."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One world as the hub sees it.

    Attributes:
        asks: for each person sought the best of those found, likeliest first: chance, and whether it is the person.
        pairs: each pair once, by the better of its two directions.
        known: how many pairs of one person there are.
    """

    name: str
    asks: tuple[tuple[tuple[float, bool], ...], ...]
    pairs: tuple[tuple[float, bool], ...]
    known: int


def scored(recipe: AnyRecipe) -> Scored:
    """A world, looked through by the model that is in the package."""
    of = recipe.make()
    alone, registered = not isinstance(of, World), len(of.registered)
    asks, best, known = [], dict[tuple[int, int], tuple[float, bool]](), 0
    for number, found in enumerate(searches(of) if isinstance(of, World) else searches_within(of)):
        ranked = _ranked(found, registered)
        asks.append(tuple((chance, same) for chance, same, _ in ranked[:CANDIDATES]))
        known += len(found.truth)
        for chance, same, place in ranked:
            pair = (min(place, number), max(place, number)) if alone else (place, number)
            best[pair] = max((chance, same), best.get(pair, (0.0, same)))
    return Scored(written(recipe), tuple(asks), tuple(best.values()), known // 2 if alone else known)


def _ranked(found: Found, registered: int) -> list[tuple[float, bool, int]]:
    chances = scores(flags(found.asked), found.kinds, found.agreements, registered=registered)
    of = [(chance, place in found.truth, place) for chance, place in zip(chances, found.places, strict=True)]
    return sorted(of, reverse=True)


def wrong_homes(worlds: Sequence[Scored], cut: float) -> tuple[int, int]:
    """Of all homes named from a cut on: how many are asked about somebody whom they do not know, and all others."""
    named = [[same for chance, same in each if chance >= cut] for world in worlds for each in world.asks]
    right = sum(any(each) for each in named)
    return sum(bool(each) for each in named) - right, right


def named_from(noisiest: Sequence[Scored]) -> float:
    """The lowest cut at which one home in fifty matches is asked for nothing, with room for chance."""
    for cut in FINE_CUTS:
        wrong, right = wrong_homes(noisiest, cut)
        if wrong + SURE * math.sqrt(wrong) <= WRONG_MOST * right:
            return cut
    return FINE_CUTS[-1]


def mean_f1(worlds: Sequence[Scored], cut: float) -> float:
    """The mean of F1 over worlds, each counting alike, in four digits."""
    every = [quality(each.pairs, known=each.known, threshold=cut).f1 for each in worlds]
    return round(sum(every) / len(every), 4)


def found_from(worlds: Sequence[Scored]) -> float:
    """The cut of the best mean F1; of equal ones the lowest."""
    return max(CUTS, key=lambda cut: (mean_f1(worlds, cut), -cut))


def choose() -> tuple[dict[str, float], dict[str, object]]:
    """Both cuts, by name, and what they were chosen by."""
    return chosen(list(told(scored, CHOOSING)))


def chosen(worlds: Sequence[Scored]) -> tuple[dict[str, float], dict[str, object]]:
    """Both cuts by the rule, from all worlds in the order of `CHOOSING`."""
    noisiest = [world for world, recipe in zip(worlds, CHOOSING, strict=True) if recipe in NOISIEST]
    cuts = {"named": named_from(noisiest), "found": found_from(worlds)}
    curve: dict[float, dict[str, float]] = defaultdict(dict)
    for cut in sorted({*CUTS, cuts["named"]}):
        wrong, right = wrong_homes(noisiest, cut)
        curve[cut] = {"mean_f1": mean_f1(worlds, cut), "wrong_homes_per_match": round(wrong / max(1, right), 4)}
    each = {
        world.name: {f"f1_from_{cut}": mean_f1([world], cut) for cut in sorted(set(cuts.values()))} for world in worlds
    }
    return cuts, {"cuts": cuts, "curve": curve, "worlds": each}
