"""Birth dates as texts: what lies in a span of time is what begins with one of a few texts.

A date that rows can be compared by says who somebody is nearly as well as a name, so that it is kept as blind as one.
A year that is all that is known ends in a mark of its own, since a month within it says more than it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, date, datetime, timedelta

from corridor.domain.holds import span_fits
from corridor.domain.query import Prefix

_END = "$"
_DAY_SIGNS = 10
_INSTANT = 1e-6
"""Days; what is shorter is lost beside the number of days since the year 1."""

_HALF_DAY = timedelta(hours=12)
_MONTH_DAYS, _YEAR_DAYS = 27, 364
"""Whole days that each has at least: where clocks are put on, the last one is an hour short."""

_DECEMBER = 12
_FIRST, _LAST = 1800, 2199
"""Years in which people who are treated were born; whole centuries."""

Span = tuple[float, float]
"""Days, from the first to the one after the last."""


def day_text(start: datetime, end: datetime) -> str:
    """A date of which a day, a month or a year is known."""
    day, length = _local(start), (end - start).days
    if length >= _YEAR_DAYS:
        return f"{day.year:04}{_END}"
    return f"{day:%Y-%m}{_END}" if length >= _MONTH_DAYS else day.isoformat()


def first_day(text: str) -> str:
    """The day on which the date begins that a text tells, as ISO 8601 has it: what dates are put in order by."""
    return f"{text.removesuffix(_END)}-01-01"[:_DAY_SIGNS]


def beginnings(prefix: Prefix, start: datetime, end: datetime) -> list[str]:
    """The texts with which all dates begin that are what the prefix asks for, and no others."""
    first = _local(start).toordinal()
    length = max((end - start) / timedelta(days=1), _INSTANT)
    asked = first, _local(end).toordinal() if round(length) else first + length  # a day may have 23 hours
    found = [text for year in range(_FIRST, _LAST + 1) for text in _year(year, prefix, asked)]
    return [*_joined(_joined(found, digits=3), digits=2)]


def _local(instant: datetime) -> date:
    """The day that a midnight begins, wherever it is midnight."""
    return (instant + _HALF_DAY).date() if instant.year < MAXYEAR else instant.date()


def _year(year: int, prefix: Prefix, asked: Span) -> Iterator[str]:
    span = _span(date(year, 1, 1), date(year + 1, 1, 1))
    if not _is_cut(span, asked):
        yield from [f"{year:04}"] if span_fits(prefix, span, asked) else []
        return
    if span_fits(prefix, span, asked):
        yield f"{year:04}{_END}"
    for month in range(1, _DECEMBER + 1):
        following = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
        yield from _month(date(year, month, 1), following, prefix=prefix, asked=asked)


def _month(first: date, following: date, *, prefix: Prefix, asked: Span) -> Iterator[str]:
    span = _span(first, following)
    fits = span_fits(prefix, span, asked)
    if not _is_cut(span, asked):
        yield from [f"{first:%Y-%m}"] if fits else []
        return
    if fits:
        yield f"{first:%Y-%m}{_END}"
    for number in range(first.toordinal(), following.toordinal()):
        if span_fits(prefix, (number, number + 1), asked):
            yield date.fromordinal(number).isoformat()


def _span(first: date, following: date) -> Span:
    return first.toordinal(), following.toordinal()


def _is_cut(span: Span, asked: Span) -> bool:
    """Whether some of what lies in the span may be what is asked for, and some not."""
    apart = span[1] <= asked[0] or span[0] >= asked[1]
    inside = span[0] >= asked[0] and span[1] <= asked[1]
    return not (apart or inside)


def _joined(texts: Iterable[str], *, digits: int) -> Iterator[str]:
    """Ten that differ in one digit alone are what begins like them."""
    listed = [*texts]
    short = [text[:digits] for text in listed if len(text) == digits + 1]
    whole = {each for each in short if short.count(each) == 10}  # noqa: PLR2004  # digits
    yield from whole
    yield from (text for text in listed if len(text) != digits + 1 or text[:digits] not in whole)
