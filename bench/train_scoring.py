"""Trains the two models of identity on invented people and writes them down, with how good they were.

Run as `python -m bench.train_scoring`; the same seeds give the same models. Nothing of any corpus that `bench identity`
reports on is looked at here.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bench.andean_people import World, world
from bench.identity.boosting import Lessons, Shape, train, write
from bench.identity.index import Found, Register, searches, searches_within
from bench.identity.worlds import TRAINING, TRAINING_REPEATED, Recipe, RepeatedRecipe
from corridor.domain.grade import Grade
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.flags import flags
from corridor.domain.identity.kinds import Kind
from corridor.domain.identity.trees import packaged, probability

PROCESSES = int(os.environ.get("PROCESSES", "0")) or None
VALIDATION_SEED = 20_250_202
NEAR = 0.02
"""Probability from which a pair is a lesson for the home's model: the hub's gate, with room below it."""

KINDS = tuple(str(int(kind)) for kind in Kind)
ORDER = {int(kind): place for place, kind in enumerate(KINDS)}
STAGE_1 = Shape(trees=110, leaves=12, rate=0.12, rising=frozenset((*KINDS, "alone")))
_RISING = ("given same", "surnames same", "birth likeness", "papers same", "sex", "homes same", "places same")
STAGE_2 = Shape(trees=160, leaves=10, rate=0.08, rising=frozenset(_RISING))


@dataclass(slots=True)
class Pairs:
    """Pairs that share a token, as the models see them, and whether the two are one person."""

    rows: list[list[float]] = field(default_factory=list)
    same: list[bool] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    people: list[tuple[Demographics, Demographics]] = field(default_factory=list)

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

    def lessons(self) -> Lessons:
        """What stage 1 learns from."""
        return Lessons(self.rows, self.same, self.offsets)


def pairs_of(worlds: Iterable[World]) -> Pairs:
    """All pairs of some worlds."""
    pairs = Pairs()
    for of in worlds:
        for found in searches(of):
            pairs.add(found, of.registered)
    return pairs


def train_scoring(pairs: Pairs, shape: Shape = STAGE_1) -> tuple[float, list[Any]]:
    """The model of stage 1."""
    return train(pairs.lessons(), (*KINDS, *scoring.inputs()), shape)


def train_matching(pairs: Pairs, chances: Sequence[float], shape: Shape = STAGE_2) -> tuple[float, list[Any]]:
    """The model of stage 2, from pairs that are close enough to come to a home."""
    near = [number for number, chance in enumerate(chances) if chance >= NEAR]
    rows = [matching.numbers(*pairs.people[number]) for number in near]
    return train(Lessons(rows, [pairs.same[number] for number in near], [0.0] * len(near)), matching.INPUTS, shape)


def chances_of(pairs: Pairs) -> list[float]:
    """What the hub would say of each pair, by the model that is in the package now."""
    model = packaged(scoring.MODEL)
    return [probability(offset + model.log_odds(row)) for row, offset in zip(pairs.rows, pairs.offsets, strict=True)]


def quality(probabilities: Sequence[float], same: Sequence[bool], *, known: int, gate: float) -> dict[str, float]:
    """Precision, recall over everyone who is registered, and F1 of what passes a gate."""
    passed = [truth for probability, truth in zip(probabilities, same, strict=True) if probability >= gate]
    precision, recall = sum(passed) / max(1, len(passed)), sum(passed) / known
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def calibration(probabilities: Sequence[float], same: Sequence[bool]) -> list[dict[str, float]]:
    """What probability was said and what came true, in five steps."""
    steps = []
    for step in range(5):
        inside = [(p, truth) for p, truth in zip(probabilities, same, strict=True) if min(int(p * 5), 4) == step]
        if inside:
            said, true = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            steps.append({"pairs": len(inside), "said": round(said, 3), "true": round(true, 3)})
    return steps


def largest_groups(register: Register) -> dict[str, int]:
    """Per kind of feature, how many registered people share its most popular value: what counting could exploit."""
    largest: Counter[str] = Counter()
    for feature, places in register.index.items():
        largest[str(feature.kind)] = max(largest[str(feature.kind)], len(places))
    return dict(sorted(largest.items()))


def _world_pairs(recipe: Recipe | RepeatedRecipe) -> Pairs:
    """The pairs of one world or of one register with people twice; those of a world may be lessons for a home."""
    pairs, of = Pairs(), recipe.make()
    if isinstance(of, World):
        return pairs_of((of,))
    for place, found in enumerate(searches_within(of)):
        pairs.add(found, of.registered, after=place)
    return pairs


def _training_pairs() -> Pairs:
    """All lessons, world after world, made by as many processes as there are processors."""
    pairs = Pairs()
    recipes = (*TRAINING, *TRAINING_REPEATED)
    with ProcessPoolExecutor(PROCESSES) as pool:
        for number, part in enumerate(pool.map(_world_pairs, recipes), 1):
            print(f"world {number} of {len(recipes)}: {len(part.rows)} pairs", file=sys.stderr, flush=True)
            pairs.rows += part.rows
            pairs.same += part.same
            pairs.offsets += part.offsets
            pairs.people += part.people
    return pairs


def main() -> None:
    """Train both models and report on a world that neither has seen."""
    pairs, check = _training_pairs(), world(VALIDATION_SEED, registered=30_000, asked=8_000)
    inputs = (*KINDS, *scoring.inputs())
    trained = train_scoring(pairs)
    meta: dict[str, Any] = {"pairs": len(pairs.rows), "same": sum(pairs.same)}
    write(scoring.MODEL, meta=meta, inputs=inputs, trained=trained)
    home = train_matching(pairs, chances_of(pairs))
    write(matching.MODEL, meta={}, inputs=matching.INPUTS, trained=home)
    checked = pairs_of((check,))
    stage_1, stage_2 = report(check, checked)
    write(scoring.MODEL, meta=meta | stage_1, inputs=inputs, trained=trained)
    write(matching.MODEL, meta=stage_2, inputs=matching.INPUTS, trained=home)
    json.dump([stage_1, stage_2], sys.stdout, indent=1)


def report(check: World, pairs: Pairs) -> tuple[dict[str, Any], dict[str, Any]]:
    """How good both models are on the validation world."""
    chances, known = chances_of(pairs), sum(truth is not None for truth in check.truth)
    seen = {"seed": VALIDATION_SEED, "registered": len(check.registered), "asked": len(check.asked), "known": known}
    first: dict[str, Any] = dict(seen)
    first |= {
        f"gate_{gate}": quality(chances, pairs.same, known=known, gate=gate)
        for gate in (0.01, scoring.GATE, scoring.DECIDED_FROM, 0.5)
    }
    first |= {"reached_by_any_token": round(sum(pairs.same) / known, 4)}
    first |= {"largest_groups": largest_groups(Register(check.registered))}
    passed = [number for number, chance in enumerate(chances) if chance >= scoring.GATE]
    answers = [matching.confirm(*pairs.people[number]) for number in passed]
    same = [pairs.same[number] for number in passed]
    second = seen | {"pairs_past_gate": len(passed)}
    second |= {"decided": quality([chance for _, chance in answers], same, known=known, gate=matching.DECIDED_FROM)}  # type: ignore[dict-item] # figures of both kinds
    for grade in Grade:
        truths = [truth for (given, _), truth in zip(answers, same, strict=True) if given is grade]
        second |= {grade.value: {"pairs": len(truths), "same": sum(truths)}}  # type: ignore[dict-item] # figures of both kinds
    first_report = {"validation": first, "calibration": calibration(chances, pairs.same)}
    return first_report, {"validation": second}


if __name__ == "__main__":
    main()
