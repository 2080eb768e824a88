"""Birth dates where clocks were changed at midnight: a day of 23 hours is a day, a year with an hour less is a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from corridor.domain.holds import span_fits
from corridor.domain.query import Prefix
from corridor.fhir.search_values import interval
from corridor.storage.node.blind_dates import beginnings, day_text

CHANGED = (
    ("America/Santiago", "1985-10-13"),
    ("America/Santiago", "1927-09-01"),
    ("America/Caracas", "1965-01-01"),
    ("America/Guayaquil", "1931-01-01"),
    ("America/Lima", "1938-01-01"),
    ("America/Sao_Paulo", "1985-11-02"),
    ("America/Mexico_City", "1939-02-05"),
)
"""A zone, and a day on or near which its clocks were changed."""


def lengths(day: str) -> tuple[str, str, str]:
    return day, day[:7], day[:4]


def days(text: str) -> tuple[int, int]:
    """First day of a date, and the one after its last."""
    start, end = interval(text)
    return start.toordinal(), end.toordinal()


def around(day: str) -> Iterator[str]:
    for away in (-1, 0, 1):
        yield from lengths((date.fromisoformat(day) + timedelta(days=away)).isoformat())


@pytest.mark.parametrize(("zone", "day"), CHANGED)
def test_a_date_is_kept_as_what_is_known_of_it(zone: str, day: str) -> None:
    for text in around(day):
        kept = day_text(*interval(text, ZoneInfo(zone)))
        assert kept == (text if text.count("-") > 1 else f"{text}$")


@pytest.mark.parametrize(("zone", "day"), CHANGED)
def test_a_date_is_found_as_the_calendar_has_it(zone: str, day: str) -> None:
    for asked in lengths(day):
        for prefix in {*Prefix} - {Prefix.AP}:
            found = beginnings(prefix, *interval(asked, ZoneInfo(zone)))
            for text in around(day):
                kept = day_text(*interval(text, ZoneInfo(zone)))
                expected = span_fits(prefix, days(text), days(asked))
                assert any(map(kept.startswith, found)) is expected, (prefix, asked, text)
