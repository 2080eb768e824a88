"""Pairs that share a token, of invented worlds: what the models learn from."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from bench.andean_people import World
from bench.identity.boosting import Lessons
from bench.identity.index import Found, searches, searches_within
from bench.identity.recipes import AnyRecipe
from corridor.domain.identity import scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.flags import flags
from corridor.domain.identity.kinds import Kind

PROCESSES = int(os.environ.get("PROCESSES", "0")) or None
KINDS = tuple(str(int(kind)) for kind in Kind)
ORDER = {int(kind): place for place, kind in enumerate(KINDS)}
Made = TypeVar("Made")


@dataclass(slots=True)
class Pairs:
    """Pairs that share a token, as the models see them, and whether the two are one person."""

    rows: list[list[float]] = field(default_factory=list)
    same: list[bool] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    people: list[tuple[Demographics, Demographics]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, found: Found, people: Sequence[Demographics], *, after: int = -1) -> None:
        """Everyone found for one person; within one register only those who stand after the person."""
        prior = -math.log(max(len(people), scoring.REGISTERED_LEAST) / scoring.REGISTERED_USUAL)
        rows = scoring.rows_in_order(flags(found.asked), found.kinds, found.agreements, order=ORDER)
        for row, place in zip(rows, found.places, strict=True):
            if place > after:
                self.rows.append(row)
                self.same.append(place in found.truth)
                self.offsets.append(prior)
                self.people.append((found.asked, people[place]))
                self.weights.append(1.0)

    def join(self, others: Pairs) -> None:
        """These pairs and others after them."""
        self.rows += others.rows
        self.same += others.same
        self.offsets += others.offsets
        self.people += others.people
        self.weights += others.weights

    def lessons(self) -> Lessons:
        """What stage 1 learns from."""
        return Lessons(self.rows, self.same, self.offsets, self.weights)


def pairs_of(worlds: Iterable[World]) -> Pairs:
    """All pairs of some worlds."""
    pairs = Pairs()
    for of in worlds:
        for found in searches(of):
            pairs.add(found, of.registered)
    return pairs


def recipe_pairs(recipe: AnyRecipe) -> Pairs:
    """The pairs of one world, or of one register with people twice."""
    of = recipe.make()
    if isinstance(of, World):
        return pairs_of((of,))
    pairs = Pairs()
    for place, found in enumerate(searches_within(of)):
        pairs.add(found, of.registered, after=place)
    return pairs


def told(make: Callable[[AnyRecipe], Made], recipes: Sequence[AnyRecipe]) -> Iterator[Made]:
    """What is made of each recipe, in order, by as many processes as there are processors; progress is told."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        for number, made in enumerate(pool.map(make, recipes), 1):
            print(f"{make.__name__}: {number} of {len(recipes)}", file=sys.stderr, flush=True)
            yield made


def all_pairs(recipes: Sequence[AnyRecipe]) -> Pairs:
    """All lessons, world after world."""
    pairs = Pairs()
    for part in told(recipe_pairs, recipes):
        pairs.join(part)
    return pairs
