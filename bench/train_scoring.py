"""Trains the two models of identity on invented people, chooses the hub's thresholds, and writes all of it down.

Run as `python -m bench.train_scoring [--labels FILE]`: about ten minutes on two processors. The same seeds give the
same models, byte by byte. Nothing of any corpus that `bench identity` reports on is looked at here. FILE is what
`corridor identity labels` wrote: decisions of people, which weigh the lessons that they are about.

Written are the models in the package and `bench/identity/record.json`: worlds, seeds, and the figures by which the
thresholds were chosen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.andean_people import World, world
from bench.identity.boosting import Lessons, Shape, train, write
from bench.identity.choosing import choose
from bench.identity.index import Register
from bench.identity.labels import read_labels, weigh
from bench.identity.lessons import KINDS, Pairs, all_pairs, pairs_of
from bench.identity.recipes import TRAINING, written
from corridor.domain.grade import Grade
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.trees import packaged, probability

RECORD = Path(__file__).parent / "identity" / "record.json"
VALIDATION_SEED = 20_250_202
NEAR = 0.02
"""Probability from which a pair is a lesson for the home's model: well below the hub's gate."""

INPUTS = (*KINDS, *scoring.inputs())
STAGE_1 = Shape(trees=200, leaves=24, rate=0.08, rising=frozenset((*KINDS, "alone")))
_RISING = ("given same", "surnames same", "birth likeness", "papers same", "sex", "homes same", "places same")
STAGE_2 = Shape(trees=160, leaves=10, rate=0.08, rising=frozenset(_RISING))
Trained = tuple[float, list[Any]]


def train_scoring(pairs: Pairs, shape: Shape = STAGE_1) -> Trained:
    """The model of stage 1."""
    return train(pairs.lessons(), INPUTS, shape)


def train_matching(pairs: Pairs, chances: Sequence[float], shape: Shape = STAGE_2) -> Trained:
    """The model of stage 2, from pairs that are close enough to come to a home."""
    near = [number for number, chance in enumerate(chances) if chance >= NEAR]
    rows = [matching.numbers(*pairs.people[number]) for number in near]
    lessons = Lessons(rows, [pairs.same[n] for n in near], [0.0] * len(near), [pairs.weights[n] for n in near])
    return train(lessons, matching.INPUTS, shape)


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


def _wanted() -> Path | None:
    parser = argparse.ArgumentParser(description="Train the models of identity.")
    parser.add_argument("--labels", type=Path, help="decisions of people, as `corridor identity labels` wrote them")
    labels: Path | None = parser.parse_args().labels
    return labels


def main() -> None:
    """Train both models, choose the thresholds, and report on a world that none of it has seen."""
    labels = _wanted()
    pairs = all_pairs(TRAINING)
    learned = weigh(pairs, read_labels(labels)) if labels else 0
    trained = train_scoring(pairs)
    meta: dict[str, Any] = {"pairs": len(pairs.rows), "same": sum(pairs.same), "labels": learned}
    old = packaged(scoring.MODEL).cuts
    write(scoring.MODEL, meta=meta, cuts=old, inputs=INPUTS, trained=trained)
    home = train_matching(pairs, chances_of(pairs))
    write(matching.MODEL, meta={}, cuts={}, inputs=matching.INPUTS, trained=home)
    cuts, record = choose()
    check = world(VALIDATION_SEED, registered=30_000, asked=8_000)
    stage_1, stage_2 = report(check, pairs_of((check,)), cuts)
    write(scoring.MODEL, meta=meta | stage_1, cuts=cuts, inputs=INPUTS, trained=trained)
    write(matching.MODEL, meta=stage_2, cuts={}, inputs=matching.INPUTS, trained=home)
    record = {"trained_on": [written(each) for each in TRAINING], "lessons": meta, "chosen": record}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    json.dump([cuts, stage_1, stage_2], sys.stdout, indent=1)


def report(check: World, pairs: Pairs, cuts: dict[str, float]) -> tuple[dict[str, Any], dict[str, Any]]:
    """How good both models are on the validation world."""
    chances, known = chances_of(pairs), sum(truth is not None for truth in check.truth)
    seen = {"seed": VALIDATION_SEED, "registered": len(check.registered), "asked": len(check.asked), "known": known}
    first: dict[str, Any] = dict(seen)
    first |= {f"from_{cut}": quality(chances, pairs.same, known=known, gate=cut) for cut in (0.01, 0.5)}
    first |= {name: quality(chances, pairs.same, known=known, gate=cut) for name, cut in cuts.items()}
    first |= {"reached_by_any_token": round(sum(pairs.same) / known, 4)}
    first |= {"largest_groups": largest_groups(Register(check.registered))}
    passed = [number for number, chance in enumerate(chances) if chance >= cuts["named"]]
    answers = [matching.confirm(*pairs.people[number]) for number in passed]
    same = [pairs.same[number] for number in passed]
    second: dict[str, Any] = seen | {"pairs_past_gate": len(passed)}
    second |= {"decided": quality([chance for _, chance in answers], same, known=known, gate=matching.DECIDED_FROM)}
    for grade in Grade:
        truths = [truth for (given, _), truth in zip(answers, same, strict=True) if given is grade]
        second |= {grade.value: {"pairs": len(truths), "same": sum(truths)}}
    return {"validation": first, "calibration": calibration(chances, pairs.same)}, {"validation": second}


if __name__ == "__main__":
    main()
