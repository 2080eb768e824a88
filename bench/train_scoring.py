"""Trains the two models of identity on invented people and writes their weights, with how good they were.

Run as `python -m bench.train_scoring`; the same seeds give the same weights.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.andean_people import World, world
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, Kind, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.register import Flags
from corridor.domain.identity.scoring import Condition, Pair

HERE = Path(scoring.__file__).parent
TRAIN_SEED, VALIDATION_SEED = 20_250_101, 20_250_202
GIVEN_NAMES, SURNAMES, BIRTH_PARTS, DOCUMENT_KINDS = range(4)
WHOLE_DATE = 3
Rows: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that shares at least one token, and whether the two are one person."""

    asked: Demographics
    known: Demographics
    agreeing: dict[int, int]
    asked_flags: Flags
    known_flags: Flags
    same: bool


def terms() -> list[tuple[Condition, ...]]:
    """The questions that stage 1 asks of a pair; which of them weigh what is learned."""
    agree = {(kind, amount): Condition("agree", kind, amount) for kind in Kind for amount in (1, 2)}
    lack = {kind: Condition("lack", kind, 1) for kind in Kind}
    surnames = Condition("both", SURNAMES, 2)
    givens = Condition("both", GIVEN_NAMES, 2)
    dates = Condition("both", BIRTH_PARTS, WHOLE_DATE)
    years = Condition("both", BIRTH_PARTS, 1)
    papers = [Condition("share", DOCUMENT_KINDS, bit) for bit in (1, 2, 4)]
    found: list[tuple[Condition, ...]] = [(condition,) for condition in agree.values()]
    found += [(surnames,), (givens,), (dates,), (years,), *((paper,) for paper in papers)]
    found += [(paper, lack[Kind.DOCUMENT], lack[Kind.DOCUMENT_BLOCK]) for paper in papers]
    found += [(paper, lack[Kind.DOCUMENT], agree[Kind.DOCUMENT_BLOCK, 1]) for paper in papers]
    found += [(surnames, years, lack[Kind.GIVEN_SURNAMES_YEAR]), (givens, years, lack[Kind.GIVENS_SURNAME_YEAR])]
    found += [(dates, lack[kind]) for kind in (Kind.SURNAME_DATE, Kind.GIVEN_DATE, Kind.GIVEN_PREFIX_DATE)]
    found += [(surnames, dates, agree[Kind.SURNAME_DATE, 1], lack[Kind.GIVEN_DATE], lack[Kind.GIVEN_PREFIX_DATE])]
    found += [(agree[Kind.SURNAME_DATE, 1], agree[Kind.GIVEN_DATE, 1])]
    found += [(agree[Kind.SURNAME_DATE, 2], agree[Kind.GIVEN_DATE, 1])]
    found += [(agree[Kind.SURNAME_DATE, 2], agree[Kind.GIVEN_DATE, 2])]
    found += [(agree[Kind.GIVEN_SURNAME_MONTH, 1], agree[Kind.GIVEN_SURNAME_DAY, 1])]
    found += [
        (agree[Kind.GIVEN_SURNAMES_YEAR, 1], agree[kind, 1])
        for kind in (Kind.GIVEN_SURNAME_MONTH, Kind.GIVEN_SURNAME_DAY)
    ]
    names = (Kind.GIVEN_DATE, Kind.SURNAME_DATE, Kind.GIVEN_SURNAME_MONTH, Kind.GIVEN_SURNAMES_YEAR)
    return found + [
        (agree[paper, 1], agree[name, 1]) for paper in (Kind.DOCUMENT, Kind.DOCUMENT_BLOCK) for name in names
    ]


class Register:
    """A register as the hub's index sees it: who shares which feature."""

    def __init__(self, people: Sequence[Demographics]) -> None:
        self._people = [(who, flags(who)) for who in people]
        self._index: dict[Feature, list[int]] = defaultdict(list)
        for place, who in enumerate(people):
            for feature in features(who):
                self._index[feature].append(place)

    def agreeing(self, who: Demographics) -> dict[int, Counter[int]]:
        """Places in the register that share a feature, with the kinds they share."""
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for feature in features(who):
            for place in self._index.get(feature, ()):
                found[place][feature.kind] += 1
        return found

    def candidates(self, who: Demographics, truth: int | None) -> Iterator[Candidate]:
        """Every pair that the index brings up for one person."""
        for place, counts in self.agreeing(who).items():
            known, known_flags = self._people[place]
            yield Candidate(who, known, dict(counts), flags(who), known_flags, same=place == truth)


def candidates(of: World) -> Iterator[Candidate]:
    """Every pair of the world that the hub's index would bring up."""
    register = Register(of.registered)
    for who, truth in zip(of.asked, of.truth, strict=True):
        yield from register.candidates(who, truth)


def _pair(of: Candidate) -> Pair:
    return Pair(of.agreeing, of.asked_flags, of.known_flags)


def _trained(rows: Rows, labels: Sequence[bool], *, strength: float) -> tuple[float, list[float]]:
    model = LogisticRegression(C=strength, max_iter=5_000).fit(rows, np.array(labels))
    return round(float(model.intercept_[0]), 4), [round(float(weight), 4) for weight in model.coef_[0]]


def quality(probabilities: Sequence[float], same: Sequence[bool], *, known: int, gate: float) -> dict[str, float]:
    """Precision, recall over everyone who is registered, and F1 of what passes a gate."""
    passed = [truth for probability, truth in zip(probabilities, same, strict=True) if probability >= gate]
    precision, recall = sum(passed) / max(1, len(passed)), sum(passed) / known
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _known(of: World) -> int:
    return sum(truth is not None for truth in of.truth)


def calibration(probabilities: Sequence[float], same: Sequence[bool]) -> list[dict[str, float]]:
    """What probability was said and what came true, in five steps."""
    steps = []
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = [
            (p, truth) for p, truth in zip(probabilities, same, strict=True) if low <= p < low + 0.2 + (low == 0.8)
        ]
        if inside:
            said, true = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            steps.append({"pairs": len(inside), "said": round(said, 3), "true": round(true, 3)})
    return steps


def train_scoring(train: World, pairs: Sequence[Candidate]) -> dict[str, object]:
    """Weights of stage 1."""
    questions = terms()
    rows = np.array([[all(scoring.holds(c, _pair(pair)) for c in when) for when in questions] for pair in pairs], float)
    intercept, weights = _trained(rows, [pair.same for pair in pairs], strength=1.0)
    found = [
        {"when": [[c.test, int(c.number), c.amount] for c in when], "weight": weight}
        for when, weight in zip(questions, weights, strict=True)
        if abs(weight) >= 0.005
    ]
    meta = {"seed": TRAIN_SEED, "registered": len(train.registered), "asked": len(train.asked), "pairs": len(pairs)}
    return {"meta": {"train": meta}, "intercept": intercept, "terms": found}


def train_matching(pairs: Sequence[Candidate]) -> dict[str, object]:
    """Weights of stage 2, from pairs that are close enough to come to a home."""
    compared = [(matching.signals(pair.asked, pair.known), pair.same) for pair in pairs]
    names = sorted({name for signals, _ in compared for name in signals})
    rows = np.array([[name in signals for name in names] for signals, _ in compared], float)
    intercept, weights = _trained(rows, [same for _, same in compared], strength=1.0)
    meta = {"train": {"seed": TRAIN_SEED, "pairs": len(pairs)}}
    return {"meta": meta, "intercept": intercept, "weights": dict(zip(names, weights, strict=True))}


def largest_groups(of: World) -> dict[str, int]:
    """Per kind of feature, how many registered people share its most popular value: what counting could exploit."""
    counts = Counter(feature for who in of.registered for feature in set(features(who)))
    return {str(int(kind)): max((n for f, n in counts.items() if f.kind == kind), default=0) for kind in Kind}


def _lines(part: object) -> str:
    """JSON with one term to a line, so that a change of weights can be read as a difference."""
    if not isinstance(part, list):
        return json.dumps(part, indent=2)
    return "[\n  " + ",\n  ".join(json.dumps(term) for term in part) + "\n ]"


def _write(name: str, model: dict[str, object]) -> None:
    parts = [f' "{key}": {_lines(part)}' for key, part in model.items()]
    (HERE / name).write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    scoring.weights.cache_clear()
    matching.weights.cache_clear()


def _scores(pairs: Iterable[Candidate]) -> list[float]:
    return [scoring.score(pair.agreeing, pair.asked_flags, pair.known_flags) for pair in pairs]


def main() -> None:
    """Train both models in one world and report on another."""
    train = world(TRAIN_SEED, registered=30_000, asked=12_000)
    check = world(VALIDATION_SEED, registered=30_000, asked=8_000)
    train_pairs, check_pairs = list(candidates(train)), list(candidates(check))
    stage_1 = train_scoring(train, train_pairs)
    _write("scoring_weights.json", stage_1)
    near = [pair for pair, p in zip(train_pairs, _scores(train_pairs), strict=True) if p >= 0.02]
    stage_2 = train_matching(near)
    _write("matching_weights.json", stage_2)
    report(check, check_pairs, stage_1=stage_1, stage_2=stage_2)
    _write("scoring_weights.json", stage_1)
    _write("matching_weights.json", stage_2)


def report(check: World, pairs: list[Candidate], *, stage_1: dict[str, object], stage_2: dict[str, object]) -> None:
    """Put the figures of the validation world into both files and on the screen."""
    scores, same, known = _scores(pairs), [pair.same for pair in pairs], _known(check)
    first: dict[str, object] = {"seed": VALIDATION_SEED, "registered": len(check.registered), "asked": len(check.asked)}
    first |= {f"gate_{gate}": quality(scores, same, known=known, gate=gate) for gate in (0.01, 0.2, 0.5)}
    first |= {"reached_by_any_token": round(sum(same) / known, 4), "largest_groups": largest_groups(check)}
    stage_1["meta"] |= {"validation": first, "calibration": calibration(scores, same)}  # type: ignore[operator] # a dict
    passed = [pair for pair, p in zip(pairs, scores, strict=True) if p >= scoring.GATE]
    answers = [(matching.confirm(pair.asked, pair.known), pair.same) for pair in passed]
    second: dict[str, object] = {"seed": VALIDATION_SEED, "pairs_past_gate": len(passed), "registered_asked": known}
    chances = [probability for (_, probability), _ in answers]
    second["at_0.5"] = quality(chances, [pair.same for pair in passed], known=known, gate=0.5)
    for grade, members in itertools.groupby(sorted(answers, key=lambda a: a[0][0]), key=lambda a: a[0][0]):
        truths = [truth for _, truth in members]
        second[grade.value] = {"pairs": len(truths), "same": sum(truths)}
    stage_2["meta"] |= {"validation": second}  # type: ignore[operator] # a dict
    json.dump([stage_1["meta"], stage_2["meta"]], sys.stdout, indent=1)


if __name__ == "__main__":
    main()
