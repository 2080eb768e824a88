"""The hub's score: calibrated on invented people, and blind to what kinds of tokens mean."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.andean_people import ARRIVAL, REGISTRY, dice, person, sibling, world, written_down
from bench.train_scoring import candidates, terms, train_scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.register import Flags
from corridor.domain.identity.scoring import GATE, Condition, Pair, Weights, holds, score, weights

FULL = Flags(2, 2, 3, 1)


def scored(asked: Demographics, known: Demographics) -> float:
    agreeing = Counter(feature.kind for feature in set(features(asked)) & set(features(known)))
    return score(agreeing, flags(asked), flags(known))


def test_nothing_in_common_scores_nothing() -> None:
    assert score({}, FULL, FULL) == 0.0
    assert score({1: 0}, FULL, FULL) == 0.0


@given(seed=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_a_person_passes_the_gate_as_themselves_and_without_papers(seed: int) -> None:
    who = person(dice(seed))
    assert scored(who, who) > 0.99
    assert scored(replace(who, documents=()), who) > GATE


def test_most_people_pass_and_nearly_no_stranger_does() -> None:
    small = world(77, registered=3_000, asked=1_000)
    pairs = [(score(pair.agreeing, pair.asked_flags, pair.known_flags), pair.same) for pair in candidates(small)]
    passed = [same for chance, same in pairs if chance >= GATE]
    assert sum(passed) / len(passed) > 0.97
    assert sum(passed) / sum(place is not None for place in small.truth) > 0.97


def test_the_same_seed_makes_the_same_world_and_the_same_model() -> None:
    first, second = (world(3, registered=2_000, asked=600) for _ in range(2))
    assert first == second
    assert train_scoring(first, list(candidates(first))) == train_scoring(second, list(candidates(second)))
    assert world(4, registered=2_000, asked=600) != first


def test_twins_score_below_the_same_person() -> None:
    rng = dice(5)
    known = [person(rng) for _ in range(200)]
    own = [scored(written_down(rng, who, ARRIVAL), written_down(rng, who, REGISTRY)) for who in known]
    twin = [scored(sibling(rng, who, twin=True), who) for who in known]
    assert sum(own) / len(own) > 0.9
    assert sum(twin) / len(twin) < 0.3


@given(
    counts=st.dictionaries(st.integers(0, 255), st.integers(0, 5)),
    raw=st.lists(st.integers(0, 3), min_size=8, max_size=8),
)
@settings(deadline=None)
def test_any_counts_and_flags_give_a_probability(counts: dict[int, int], raw: list[int]) -> None:
    assert 0.0 <= score(counts, Flags(*raw[:4]), Flags(*raw[4:])) <= 1.0


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("agree", 1, 2), True),
        (Condition("agree", 1, 3), False),
        (Condition("lack", 1, 2), False),
        (Condition("lack", 9, 1), True),
        (Condition("both", 0, 1), True),
        (Condition("both", 0, 2), False),
        (Condition("share", 3, 2), True),
        (Condition("share", 3, 1), False),
    ],
)
def test_each_condition_of_the_model_says_what_it_means(condition: Condition, expected: bool) -> None:  # noqa: FBT001 - a table
    pair = Pair({1: 2}, Flags(2, 2, 3, 3), Flags(1, 2, 3, 6))
    assert holds(condition, pair) is expected


def test_the_weights_that_ship_tell_where_they_come_from_and_how_good_they_were() -> None:
    shipped = weights()
    validation = msgspec.convert(shipped.meta["validation"], dict[str, object])
    at_gate = msgspec.convert(validation[f"gate_{GATE}"], dict[str, float])
    assert at_gate["f1"] > 0.98
    asked_for = set(terms())
    assert all(term.when in asked_for for term in shipped.terms)
    assert msgspec.convert(msgspec.to_builtins(shipped), Weights) == shipped


def test_the_hub_scores_without_ever_loading_a_persons_description() -> None:
    seen = "import sys, corridor.domain.identity.scoring; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    ours = {name.removeprefix("corridor.domain.identity.") for name in loaded if "domain.identity." in name}
    assert ours == {"scoring", "register"}
