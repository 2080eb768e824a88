from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.period import ALWAYS, Period

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 9), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone
ENDS = st.none() | INSTANTS


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = draw(ENDS), draw(ENDS)
    return Period(end, start) if start and end and end < start else Period(start, end)


PERIODS = periods()


@given(PERIODS, PERIODS, INSTANTS)
def test_the_common_span_holds_what_both_hold(one: Period, other: Period, at: datetime) -> None:
    common = one.common(other)
    assert (common is not None and common.holds(at)) == (one.holds(at) and other.holds(at))


@given(PERIODS, PERIODS)
def test_the_common_span_lies_in_both(one: Period, other: Period) -> None:
    common = one.common(other)
    assert common == other.common(one)
    assert common is None or (one.contains(common) and other.contains(common))


@given(PERIODS)
def test_always_takes_nothing_away(one: Period) -> None:
    assert one.common(ALWAYS) == one
    assert ALWAYS.contains(one)


@given(PERIODS, PERIODS, INSTANTS)
def test_what_contains_a_span_holds_all_of_it(one: Period, other: Period, at: datetime) -> None:
    assert not (one.contains(other) and other.holds(at)) or one.holds(at)


@given(INSTANTS, INSTANTS)
def test_both_ends_are_inside(first: datetime, second: datetime) -> None:
    start, end = sorted((first, second))
    assert Period(start, end).holds(start)
    assert Period(start, end).holds(end)


def test_a_span_that_ends_later_is_not_held() -> None:
    first, second, third = (datetime(2020, 1, day, tzinfo=UTC) for day in (1, 2, 3))
    assert Period(first, second).contains(Period(first, second))
    assert not Period(first, second).contains(Period(first, third))
    assert not Period(second, third).contains(Period(first, third))
