"""Trees as data give the same answer however they are walked, and quality is counted as everyone counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.identity.quality import Quality, quality, recall_at
from corridor.domain.identity.trees import Trees, probability

SMALL = Trees({}, {}, ("a", "b"), 0.5, ((0, 1.0, -1.0, (1, -0.0001, 2.0, 3.0)), 0.25))


@pytest.mark.parametrize(
    ("row", "expected"), [((1, 9), -0.25), ((2, 0), 3.75), ((2, -1), 2.75)], ids=["at the limit", "above", "below"]
)
def test_log_odds_are_the_sum_of_the_leaves_that_are_reached(row: tuple[float, float], expected: float) -> None:
    assert SMALL.log_odds(row) == expected


@given(st.floats(allow_nan=False))
def test_any_log_odds_give_a_probability(log_odds: float) -> None:
    assert 0.0 <= probability(log_odds) <= 1.0


PAIRS = [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.1, False)]


def test_quality_counts_what_was_missed_too() -> None:
    assert quality(PAIRS, known=5, threshold=0.6) == Quality(0.75, 0.6, pytest.approx(2 / 3))
    assert quality([], known=0, threshold=0.6) == Quality(0.0, 0.0, 0.0)


def test_recall_is_the_best_that_any_threshold_reaches_with_that_precision() -> None:
    assert recall_at(PAIRS, known=4, precision=0.99) == 0.5
    assert recall_at(PAIRS, known=4, precision=0.75) == 0.75
    assert recall_at([(0.5, True), (0.5, False)], known=1, precision=0.9) == 0.0
