"""How well people are found by how many tokens they have, and what that costs; the set in use is chosen on it.

Every token that a person could have is a slot: its kind, and which of that kind it is. Slots are put in an order by how
many pairs of one person they newly bring together in a world of its own; the first of them make the smaller sets. For
each set a model of its own is trained, on worlds that are not those it is measured on.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import lightgbm
import numpy as np

from bench.andean_people import World, world
from bench.figures import Figure
from bench.identity.corpora import ANDEAN_SEED, ASKED_MOST
from bench.identity.index import Features, Found, searches
from bench.identity.worlds import single_named
from bench.size import Size
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.kinds import Kind
from corridor.domain.identity.quality import quality
from corridor.flows.resolve_identity import CANDIDATES

BUDGETS = (5, 10, 15, 20, 25, 30, 40)
"""Tokens a person, about."""

NOISES = (1.0, 2.0)
MILLISECONDS_A_TOKEN = 0.884
"""Processor time of all processes with proofs; `bench identity-cost`, docs/bench.md."""

ORDERING_SEED, TRAINING_SEED = 7_000, 7_100
TRAINING_MOST = 5_000
HALF = 0.5
"""What a further agreeing token of a pair is worth beside the one before it."""

Slot = tuple[int, int]
Pair = tuple[float, bool]
_ORDER = {int(kind): place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Point:
    """One set of tokens on one corpus."""

    name: str
    noise: float
    tokens: float
    hub: float
    home: float


def every_feature(who: Demographics) -> tuple[Feature, ...]:
    """All that a person could have: also those that only single-named people get."""
    return tuple(dict.fromkeys((*features(who), *features(single_named(who)))))


@cache
def slots(who: Demographics) -> tuple[tuple[Slot, Feature], ...]:
    """A person's features, each with its kind and its place among those of the kind."""
    seen: Counter[int] = Counter()
    found = []
    for feature in every_feature(who):
        found.append(((feature.kind, seen[feature.kind]), feature))
        seen[feature.kind] += 1
    return tuple(found)


@cache
def _world(seed: int, registered: int, asked: int, *, noise: float) -> World:
    return world(seed, registered=registered, asked=asked, noise=noise)


def some(chosen: frozenset[Slot], who: Demographics) -> tuple[Feature, ...]:
    """A person's features in the slots that were chosen."""
    return tuple(feature for slot, feature in slots(who) if slot in chosen)


def in_order(of: World) -> list[tuple[Slot, float]]:
    """All slots, the most telling for their cost first, each with how many people in a hundredth have it."""
    shared: dict[Slot, set[int]] = defaultdict(set)
    have: Counter[Slot] = Counter(slot for who in of.registered for slot, _ in slots(who))
    for number, (who, place) in enumerate(zip(of.asked, of.truth, strict=True)):
        theirs = set(every_feature(of.registered[place])) if place is not None else set()
        for slot, feature in slots(who):
            if feature in theirs:
                shared[slot].add(number)
    left, found = dict(shared), list[tuple[Slot, float]]()
    worth: dict[int, float] = defaultdict(lambda: 1.0)
    while left:
        best = max(left, key=lambda slot: (sum(worth[pair] for pair in left[slot]) / max(1, have[slot]), slot))
        for pair in left.pop(best):
            worth[pair] *= HALF
        found.append((best, have[best] / len(of.registered)))
    return found


def within(ordered: Iterable[tuple[Slot, float]], budget: float) -> frozenset[Slot]:
    """The first slots, until people have so many tokens on average."""
    chosen, spent = set[Slot](), 0.0
    for slot, share in ordered:
        if spent + share > budget:
            break
        chosen.add(slot)
        spent += share
    return frozenset(chosen)


def _rows(found: Found) -> Any:
    rows = scoring.rows_in_order(flags(found.asked), found.kinds, found.agreements, order=_ORDER)
    return np.array(rows, np.float32)


def _prior(registered: int) -> float:
    return -math.log(max(registered, scoring.REGISTERED_LEAST) / scoring.REGISTERED_USUAL)


def trained(by: Features, *, registered: int, asked: int) -> Any:
    """A model for a set, from worlds of all noises."""
    rows, same, offsets = list[Any](), list[bool](), list[float]()
    for number, noise in enumerate((0.5, 1.0, 2.0)):
        of = _world(TRAINING_SEED + number, registered, asked, noise=noise)
        for found in searches(of, by):
            if found.places:
                rows.append(_rows(found))
                same += [place in found.truth for place in found.places]
                offsets += [_prior(registered)] * len(found.places)
    lessons = lightgbm.Dataset(np.concatenate(rows), np.array(same, int), init_score=np.array(offsets))
    shape = {"objective": "binary", "learning_rate": 0.12, "num_leaves": 12, "min_data_in_leaf": 25, "lambda_l2": 5.0}
    steady = {"verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": 3}
    return lightgbm.train({**shape, **steady}, lessons, 110)


def measured(name: str, by: Features, sizes: tuple[int, int]) -> list[Point]:
    """A set, with a model of its own, on the Andean corpus at each noise.

    Args:
        name: of the set.
        by: gives a person's tokens.
        sizes: registered in the worlds of training, and in the corpus.
    """
    model = trained(by, registered=sizes[0], asked=max(200, sizes[0] // 2))
    return [_point(name, by, model, (noise, sizes[1])) for noise in NOISES]


def _point(name: str, by: Features, model: Any, corpus: tuple[float, int]) -> Point:  # noqa: PLR0917 - one measurement
    noise, registered = corpus
    asked = min(ASKED_MOST, registered // 5)
    of = _world(ANDEAN_SEED + int(noise * 10), registered, asked, noise=noise)
    every = [found for found in searches(of, by) if found.places]
    odds = model.predict(np.concatenate([_rows(found) for found in every]), raw_score=True, num_threads=1)
    chances = iter(map(float, 1 / (1 + np.exp(-odds - _prior(registered)))))
    hub, home = list[Pair](), list[Pair]()
    for found in every:
        ranked = sorted([(next(chances), place) for place in found.places], reverse=True)
        hub += [(chance, place in found.truth) for chance, place in ranked]
        home += _confirmed(found, [place for chance, place in ranked if chance >= scoring.GATE], of)
    known = sum(place is not None for place in of.truth)
    tokens = sum(len(by(who)) for who in of.registered) / registered
    at = (scoring.DECIDED_FROM, matching.DECIDED_FROM)
    f1 = [quality(pairs, known=known, threshold=cut).f1 for pairs, cut in zip((hub, home), at, strict=True)]
    return Point(name, noise, round(tokens, 1), round(f1[0], 4), round(f1[1], 4))


def _confirmed(found: Found, named: Sequence[int], of: World) -> list[Pair]:
    return [
        (matching.confirm(found.asked, of.registered[place])[1], place in found.truth) for place in named[:CANDIDATES]
    ]


def curve(registered: int) -> list[Point]:
    """Every budget, everything that a person could have, and the set in use; each with a model of the same make."""
    training = min(TRAINING_MOST, registered)
    ordered = in_order(world(ORDERING_SEED, registered=training, asked=training, noise=1.5, known=0.9))
    sets: list[tuple[str, Callable[[Demographics], tuple[Feature, ...]]]] = [
        (f"{budget}", partial(some, within(ordered, budget))) for budget in BUDGETS
    ]
    sets.append(("in use", features))
    points = []
    for name, by in sets:
        points += measured(name, by, (training, registered))
        print(f"{name}: {points[-1]}", file=sys.stderr, flush=True)
    return points


def bench_curve(size: Size) -> list[Figure]:
    """The curve as figures; `python -m bench.identity.draw_curve` draws it."""
    return list(figures_of(curve(min(40_000, size.resources))))


def figures_of(points: Iterable[Point]) -> Iterator[Figure]:
    """What there is to tell of each set."""
    for each in points:
        where = f"{each.name}, noise {each.noise:g}"
        yield Figure("identity-curve", f"{where}: tokens a person", each.tokens, "tokens")
        yield Figure("identity-curve", f"{where}: F1, hub alone", each.hub, "of 1")
        yield Figure("identity-curve", f"{where}: F1, with the home", each.home, "of 1")
        cost = round(each.tokens * MILLISECONDS_A_TOKEN, 1)
        yield Figure("identity-curve", f"{where}: cost of registering a person", cost, "ms CPU")
