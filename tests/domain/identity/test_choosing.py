"""The hub's thresholds follow from a stated rule, on worlds that neither training nor any test corpus has."""

from __future__ import annotations

import json

from bench.identity.careless import CarelessRecipe, CarelessRepeatedRecipe
from bench.identity.choosing import Scored, found_from, named_from, scored, wrong_homes
from bench.identity.corpora import ANDEAN_SEED, NOISES
from bench.identity.recipes import CHOOSING, NOISIEST, TRAINING, written
from bench.train_scoring import RECORD, VALIDATION_SEED
from corridor.domain.identity.scoring import DECIDED_FROM, GATE, MODEL
from corridor.domain.identity.trees import packaged

STRANGER, SELF = ((0.6, False),), ((0.9, True), (0.7, False))


def of(*asks: tuple[tuple[float, bool], ...], known: int) -> Scored:
    return Scored("small", asks, tuple(pair for each in asks for pair in each), known)


def test_no_seed_serves_two_purposes() -> None:
    seeds = [{each.seed for each in recipes} for recipes in (TRAINING, CHOOSING)]
    test = {ANDEAN_SEED + int(noise * 10) for noise in NOISES}
    assert not seeds[0] & seeds[1]
    assert not (seeds[0] | seeds[1]) & (test | {VALIDATION_SEED})
    assert set(NOISIEST) <= set(CHOOSING)


def test_a_home_is_wrong_where_only_strangers_are_named_to_it() -> None:
    assert wrong_homes([of(STRANGER, SELF, (), known=1)], 0.5) == (1, 1)
    assert wrong_homes([of(STRANGER, SELF, (), known=1)], 0.65) == (0, 1)


def test_the_gate_is_the_lowest_that_asks_few_enough_wrong_homes() -> None:
    many = of(*[SELF] * 1_000, *[STRANGER] * 40, *[((0.3, False),)] * 40, known=1_000)
    assert named_from([many]) == 0.61
    assert named_from([of(*[SELF] * 1_000, *[((0.3, False),)] * 40, known=1_000)]) == 0.31
    assert named_from([of(*[SELF] * 1_000, *[STRANGER] * 10, known=1_000)]) == 0.01


def test_found_is_what_has_the_best_mean_over_worlds_that_count_alike() -> None:
    large = of(*[SELF] * 90, *[((0.4, False),)] * 10, known=90)
    small = of(((0.5, True),), ((0.3, False),), known=1)
    assert found_from([large]) == 0.75
    assert found_from([small]) == 0.35
    assert found_from([small, small, large]) == 0.45


def test_a_scored_world_counts_each_pair_once_and_each_person_known() -> None:
    arriving = scored(CarelessRecipe(41, 60, 80, errors=0.5, known=0.5))
    assert len(arriving.asks) == 80
    assert 20 < arriving.known < 60
    twice = scored(CarelessRepeatedRecipe(42, 40, errors=0.5))
    assert sum(same for _, same in twice.pairs) <= twice.known


def test_the_record_tells_the_worlds_and_the_thresholds_that_ship() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert record["trained_on"] == [written(each) for each in TRAINING]
    assert [*record["chosen"]["worlds"]] == [written(each) for each in CHOOSING]
    assert record["chosen"]["cuts"] == packaged(MODEL).cuts == {"named": GATE, "found": DECIDED_FROM}
    assert record["chosen"]["curve"][str(GATE)]["wrong_homes_per_match"] <= 0.02
