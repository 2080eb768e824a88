"""The hub's score: calibrated on invented people, aware of who else was found, and blind to what tokens mean."""

import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.andean_people import ARRIVAL, REGISTRY, dice, person, sibling, world, written_down
from bench.identity.boosting import Shape
from bench.identity.lessons import KINDS, Pairs, pairs_of
from bench.train_scoring import chances_of, train_scoring
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.kinds import Kind
from corridor.domain.identity.register import Flags
from corridor.domain.identity.scoring import GATE, MODEL, RIVALS_MAX, Agreement, inputs, rows, scores
from corridor.domain.identity.trees import Trees, packaged

FULL = Flags(2, 2, 3, 1, 1)
USUAL = 10_000


def agreement(asked: Demographics, known: Demographics) -> Agreement:
    theirs = set(features(known))
    return Agreement(tuple(n for n, feature in enumerate(features(asked)) if feature in theirs), flags(known))


def scored(asked: Demographics, *found: Demographics) -> list[float]:
    kinds = [feature.kind for feature in features(asked)]
    return scores(flags(asked), kinds, [agreement(asked, known) for known in found], registered=USUAL)


def row(places: tuple[int, ...], *others: tuple[int, ...]) -> dict[str, float]:
    kinds = [int(Kind.NAME_DATE)] * 20
    [first, *_] = rows(FULL, kinds, [Agreement(each, FULL) for each in (places, *others)])
    return dict(zip(packaged(MODEL).inputs, first, strict=True))


def test_where_nobody_is_found_nobody_is_scored() -> None:
    assert scores(FULL, [], [], registered=USUAL) == []


@given(seed=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_a_person_passes_the_gate_as_themselves_and_without_papers(seed: int) -> None:
    who = person(dice(seed))
    [same] = scored(who, who)
    assert same > 0.99
    [bare] = scored(replace(who, documents=()), who)
    assert bare > GATE


@pytest.fixture(scope="module")
def small() -> tuple[Pairs, int]:
    of = world(77, registered=3_000, asked=1_000)
    return pairs_of((of,)), sum(place is not None for place in of.truth)


def test_most_people_pass_and_nearly_no_stranger_does(small: tuple[Pairs, int]) -> None:
    pairs, known = small
    passed = [same for chance, same in zip(chances_of(pairs), pairs.same, strict=True) if chance >= GATE]
    assert sum(passed) / len(passed) > 0.97
    assert sum(passed) / known > 0.97


def test_the_same_pairs_make_the_same_model(small: tuple[Pairs, int]) -> None:
    shape = Shape(trees=5, leaves=4, rate=0.3, rising=frozenset(KINDS))
    assert train_scoring(small[0], shape) == train_scoring(small[0], shape)


def test_the_same_seed_makes_the_same_world() -> None:
    first, second, louder = (world(3, registered=200, asked=100, noise=noise) for noise in (1, 1, 2))
    assert first == second != louder


def test_twins_score_below_the_same_person() -> None:
    rng = dice(5)
    known = [person(rng) for _ in range(200)]
    own = [scored(written_down(rng, who, ARRIVAL), written_down(rng, who, REGISTRY))[0] for who in known]
    twin = [scored(who, sibling(rng, who, twin=True))[0] for who in known]
    assert sum(own) / len(own) > 0.9
    assert sum(twin) / len(twin) < 0.3


def test_who_else_was_found_makes_a_person_less_likely() -> None:
    who = person(dice(8))
    year_only = replace(who, birth=(who.birth[0], None, None) if who.birth else None, documents=())
    [alone] = scored(year_only, who)
    strangers = [replace(who, birth=(1950, 1, n + 1), documents=()) for n in range(3)]
    assert scored(year_only, who, *strangers)[0] <= alone


def test_more_people_registered_make_everyone_less_likely() -> None:
    who = person(dice(9))
    found = [agreement(who, who)]
    kinds = [feature.kind for feature in features(who)]
    [few], [many] = (scores(flags(who), kinds, found, registered=count) for count in (10_000, 10_000_000))
    assert few > many


def test_others_who_share_the_rarest_token_are_counted_but_not_a_second_entry_of_the_same_person() -> None:
    assert row((0, 1, 2, 3))["alone"] == -1
    assert row((0, 1), (0,), (0, 1), (1,))["alone"] == -3
    assert row((0, 1, 2, 3), (0, 1, 2))["alone"] == -1
    assert row((0, 1, 2, 3), (0, 7, 8, 9), (1,), (2,), (3,))["alone"] == -2


def test_a_token_of_a_crowd_tells_nothing_and_costs_nothing() -> None:
    crowd = [(0,)] * (RIVALS_MAX + 1)
    assert row((0,), *crowd)["alone"] == -RIVALS_MAX
    assert row((0, 1), *crowd)["alone"] == -1


def test_a_person_is_compared_with_the_best_of_the_others() -> None:
    assert (row((0, 1, 2))["margin"], row((0, 1, 2))["total"]) == (3, 3)
    assert row((0, 1, 2), (3,), (4, 5))["margin"] == 1
    assert row((0,), (1, 2, 3))["margin"] == -2


def test_what_is_known_of_both_is_told_and_nothing_is_told_of_an_unknown_sex() -> None:
    told = row((0,))
    assert (told["sex"], told["papers shared"], told["details shared"]) == (1, 1, 0)
    [other] = rows(FULL, [16], [Agreement((0,), replace(FULL, sex=2, document_kinds=6, details=7))])
    assert other[packaged(MODEL).inputs.index("sex")] == -1
    assert other[packaged(MODEL).inputs.index("papers shared")] == 0
    [unknown] = rows(FULL, [16], [Agreement((0,), replace(FULL, sex=0))])
    assert unknown[packaged(MODEL).inputs.index("sex")] == 0


@given(
    kinds=st.lists(st.integers(0, 255), min_size=6, max_size=6),
    places=st.lists(st.sets(st.integers(0, 5), min_size=1), max_size=6),
    raw=st.lists(st.integers(0, 3), min_size=6, max_size=6),
)
@settings(deadline=None)
def test_any_kinds_and_flags_give_probabilities(kinds: list[int], places: list[set[int]], raw: list[int]) -> None:
    found = [Agreement(tuple(sorted(each)), Flags(*raw)) for each in places]
    told = scores(FULL, kinds, found, registered=0)
    assert len(told) == len(found)
    assert all(0.0 <= chance <= 1.0 for chance in told)


def test_more_agreement_of_a_kind_never_makes_a_pair_less_likely() -> None:
    model = packaged(MODEL)
    rng = dice(4)
    for _ in range(300):
        before = [float(rng.randrange(3)) for _ in KINDS] + [-1.0, 3.0, 6.0] + [2.0] * (len(inputs()) - 3)
        after = [*before]
        after[rng.randrange(len(KINDS))] += 1
        assert model.log_odds(after) >= model.log_odds(before) - 1e-9


def test_the_model_that_ships_tells_how_good_it_was() -> None:
    shipped = packaged(MODEL)
    assert shipped.inputs == (*KINDS, *inputs())
    validation = shipped.meta["validation"]
    assert validation["named"]["f1"] > 0.98
    assert max(validation["largest_groups"].values()) <= 25
    assert msgspec.convert(msgspec.to_builtins(shipped), Trees).inputs == shipped.inputs


def test_the_hub_scores_without_ever_loading_a_persons_description() -> None:
    seen = "import sys, corridor.domain.identity.scoring; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    ours = {name.removeprefix("corridor.domain.identity.") for name in loaded if "domain.identity." in name}
    assert ours == {"scoring", "register", "trees"}
    assert "numpy" not in loaded
