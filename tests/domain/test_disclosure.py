from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure, disclosure_of, line
from corridor.domain.errors import InvalidError

PE, VE = Country("PE"), Country("VE")
AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def told(decision: Decision = Decision.ASKED, at: datetime = AT) -> Disclosure:
    return line((PE, VE), reporter=PE, purpose="TREAT", decision=decision, at=at)


@given(st.sampled_from(Decision), st.datetimes(timezones=st.just(UTC)))
def test_a_line_is_read_back_as_it_was_written(decision: Decision, at: datetime) -> None:
    written = told(decision, at)
    assert disclosure_of(written.to_json()) == written


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_line_knows_the_hour_and_no_more(at: datetime) -> None:
    hour = told(at=at).hour
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert 0 <= (at - hour).total_seconds() < 3600


def test_a_line_says_who_asked_whom_why_and_how_it_ended_and_nothing_else() -> None:
    written = msgspec.json.decode(told().to_json())
    assert set(written) == {"id", "hour", "reporter", "asker", "holder", "purpose", "decision"}


def test_two_lines_of_one_exchange_count_twice_and_one_told_twice_once() -> None:
    first, second = told(), told()
    assert first.id != second.id
    assert len({first, second, disclosure_of(first.to_json())}) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"{}",
        b"[]",
        told().to_json()[:-1],
        told().to_json().replace(b'"asked"', b'"sold"'),
        told().to_json().replace(b"2026-03-02", b"2026-33-02"),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError):
        disclosure_of(content)
