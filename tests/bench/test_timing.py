"""The attack on times finds what is there and nothing else; `corridor bench timing` runs it on a real federation."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bench.run import BENCHES, NAMED_ONLY
from bench.timing import HASTY, HOLDER, KINDS, figures_of, people
from bench.told_apart import area, bounds

times = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


@given(times, times)
def test_the_area_counts_every_pair_once_and_ties_half(one: list[float], other: list[float]) -> None:
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in one for b in other]
    assert abs(area(one, other) - sum(pairs) / len(pairs)) < 1e-9
    assert abs(area(one, other) + area(other, one) - 1) < 1e-9


def test_what_is_drawn_alike_is_not_told_apart_and_what_is_later_by_a_little_is() -> None:
    dice = Random(1)  # noqa: S311  # times, no secret
    one, other, later = ([dice.gauss(60 + more, 2) for _ in range(400)] for more in (0, 0, 1))
    low, high = bounds(one, other)
    assert low < 0.5 < high
    low, high = bounds(later, one)
    assert 0.5 < low < area(later, one) < high


def test_the_attack_must_succeed_where_nobody_waits_and_is_held_against_a_goal_where_they_do() -> None:
    found = {(holder, kind): [float(turn) for turn in range(20)] for holder in (HOLDER, HASTY) for kind in KINDS}
    found[HASTY, "unknown"] = [-1.0] * 20
    waiting, hasty = figures_of(HOLDER, found), figures_of(HASTY, found)
    (goal,) = (figure for figure in waiting if figure.goal)
    assert goal.met
    assert not [figure for figure in hasty if figure.goal]
    best = next(figure.value for figure in hasty if "the best pair, away" in figure.name)
    assert best == 1.0
    assert len([figure for figure in waiting if "against" in figure.name]) == len([*combinations(KINDS, 2)])


def test_the_people_asked_about_differ_in_nothing_but_what_the_holders_were_told() -> None:
    asked = people()
    assert [*asked] == [*KINDS]
    assert [HOLDER in {each.country for each in person.elsewhere} for person in asked.values()] == [
        False,
        True,
        True,
        True,
    ]
    assert len({person.here.id for person in asked.values()}) == len(KINDS)
    assert "timing" in BENCHES
    assert "timing" in NAMED_ONLY
