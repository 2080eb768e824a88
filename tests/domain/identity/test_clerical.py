"""What a judged sample tells: exact where all was judged, honest where little was, and right 95 times in 100."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.domain.identity.clerical import BOUNDS, CERTAIN, DECIDED, Judged, Verdicts, stratum_of, verdicts

SAME, DIFFERENT, UNSURE = Judged
SIZES = (4_000, 900, 300, 150, 400, 3_000)
SHARES = (0.002, 0.05, 0.3, 0.7, 0.97, 0.998)
"""Of one person, by stratum."""


def judged_alike(strata: dict[int, int], said: dict[int, Judged], sizes: tuple[int, ...]) -> Verdicts:
    return verdicts(sizes, strata, (said, said))


def test_where_every_pair_was_judged_the_figures_are_exact() -> None:
    sizes = (2, 0, 0, 0, 0, 4)
    strata = dict(enumerate((0, 0, 5, 5, 5, 5)))
    said = dict(zip(strata, (SAME, DIFFERENT, SAME, SAME, SAME, DIFFERENT), strict=True))
    found = judged_alike(strata, said, sizes)
    assert (found.precision.low, found.precision.value, found.precision.high) == (0.75, 0.75, 0.75)
    assert (found.recall.low, found.recall.high) == (0.75, 0.75)
    assert (found.agreement, found.kappa, found.open) == (1, 1, 0)


def test_no_error_in_few_pairs_is_no_proof_that_there_is_none() -> None:
    strata = dict.fromkeys(range(50), CERTAIN)
    found = judged_alike(strata, dict.fromkeys(strata, SAME), (0, 0, 0, 0, 0, 100_000))
    assert found.precision.value == 1
    assert 0.9 < found.precision.low < 0.95
    assert found.precision.high == 1


def test_the_interval_holds_the_truth_nearly_always() -> None:
    truth = [size * share for size, share in zip(SIZES, SHARES, strict=True)]
    precision, recall = sum(truth[DECIDED:]) / sum(SIZES[DECIDED:]), sum(truth[DECIDED:]) / sum(truth)
    rng, held = Random(5), [0, 0]  # noqa: S311  # the same samples in every run
    for _ in range(300):
        strata = {stratum * 100 + number: stratum for stratum in range(len(SIZES)) for number in range(100)}
        said = {pair: SAME if rng.random() < SHARES[stratum] else DIFFERENT for pair, stratum in strata.items()}
        found = judged_alike(strata, said, SIZES)
        held[0] += found.precision.low <= precision <= found.precision.high
        held[1] += found.recall.low <= recall <= found.recall.high
    assert min(held) >= 276


def test_pairs_on_which_two_do_not_agree_widen_the_interval_and_move_nothing() -> None:
    strata = dict.fromkeys(range(40), CERTAIN)
    first = dict.fromkeys(strata, SAME)
    second = first | {0: DIFFERENT, 1: UNSURE}
    found, sure = verdicts((0,) * 5 + (40,), strata, (first, second)), judged_alike(strata, first, (0,) * 5 + (40,))
    assert (found.judged, found.open, found.precision.value) == (38, 2, 1)
    assert found.precision.low <= 0.95 < sure.precision.low
    assert found.agreement == 0.95


@given(
    st.lists(st.tuples(st.integers(0, len(BOUNDS) - 1), st.sampled_from(Judged), st.sampled_from(Judged)), min_size=1),
    st.integers(1, 10_000),
)
def test_whatever_was_judged_estimates_are_shares_within_their_intervals(
    rows: list[tuple[int, Judged, Judged]], more: int
) -> None:
    strata = {pair: stratum for pair, (stratum, _, _) in enumerate(rows)}
    sizes = [sum(stratum == place for stratum in strata.values()) * more for place in range(len(BOUNDS))]
    judges = {pair: row[1] for pair, row in enumerate(rows)}, {pair: row[2] for pair, row in enumerate(rows)}
    found = verdicts(sizes, strata, judges)
    for each in (found.precision, found.precision_certain, found.recall):
        assert 0 <= each.low <= each.value + 1e-9
        assert each.value - 1e-9 <= each.high <= 1
    assert found.judged + found.open == len(rows)


def test_both_judge_every_pair() -> None:
    with pytest.raises(InvalidError):
        verdicts(SIZES, {1: 0, 2: 1}, ({1: SAME, 2: SAME}, {1: SAME}))
    with pytest.raises(InvalidError):
        verdicts(SIZES, {}, ({}, {}))


def test_strata_begin_at_their_bounds() -> None:
    assert [stratum_of(bound) for bound in BOUNDS] == [*range(len(BOUNDS))]
    assert stratum_of(0.0009) is None
    assert stratum_of(1.0) == CERTAIN
