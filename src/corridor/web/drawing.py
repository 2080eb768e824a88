"""Geometry shared by the charts: a time axis, ticks that do not crowd, and rows in which nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

CHARACTER_PX = 6.7
"""Width of a character of chart text (12 px system font, semi-bold) on the wide side of average."""

BESIDE_PX = 4
_YEAR_STEPS = (1, 2, 5, 10, 20, 50)
_MONTH_STEPS = (1, 2, 3, 6)
_DAYS_PER_MONTH = 30.44
_MONTHS_PER_YEAR = 12
_SHORTEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Days from left to right, in pixels."""

    start: date
    end: date
    left: float
    right: float

    def x(self, on: date) -> float:
        """Where a day lies; days outside lie on the nearer edge."""
        share = (on - self.start).days / max((self.end - self.start).days, 1)
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def ticks(self, apart_px: float) -> tuple[date, ...]:
        """First days of months or years, as many as fit at that distance."""
        months = self._step_months(apart_px)
        first = self.start.year * _MONTHS_PER_YEAR + (self.start.month - 1)
        numbers = range(math.ceil(first / months) * months, (self.end.year + 1) * _MONTHS_PER_YEAR, months)
        days = (date(number // _MONTHS_PER_YEAR, number % _MONTHS_PER_YEAR + 1, 1) for number in numbers)
        return tuple(day for day in days if self.start <= day <= self.end)

    def _step_months(self, apart_px: float) -> int:
        per_month = (self.right - self.left) / max((self.end - self.start).days / _DAYS_PER_MONTH, 1)
        steps = (*_MONTH_STEPS, *(years * _MONTHS_PER_YEAR for years in _YEAR_STEPS))
        return next((step for step in steps if step * per_month >= apart_px), steps[-1])


def time_axis(days: Sequence[date], *, left: float, right: float) -> TimeAxis:
    """An axis that holds all the days with a little air around them; at least two months wide."""
    first, last = min(days), max(days)
    air = max((last - first) / 40, _SHORTEST / 4)
    start = first - air if first - date.min > air else first
    end = last + air if date.max - last > air else last
    return TimeAxis(start, max(end, min(start, date.max - _SHORTEST) + _SHORTEST), left, right)


def text_px(text: str) -> float:
    """About how wide a text is drawn."""
    return len(text) * CHARACTER_PX


def shortened(text: str, width_px: float) -> str:
    """The text, cut with an ellipsis where it is wider than that."""
    most = max(int(width_px / CHARACTER_PX), 1)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def packed(extents: Sequence[tuple[float, float]], *, apart_px: float = 8) -> tuple[int, ...]:
    """The row of each (left, right) extent, so that none overlaps another in its row; few rows, first come first."""
    ends: list[float] = []
    rows = []
    for left, right in extents:
        row = next((row for row, end in enumerate(ends) if end + apart_px <= left), len(ends))
        ends[row : row + 1] = [right]
        rows.append(row)
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Placed:
    """A text beside its anchor: `x` is where it starts, or where it ends when `anchor` is `end`."""

    text: str
    x: float
    anchor: str
    left: float
    right: float


def placed(text: str, at_px: float, *, left: float, right: float) -> Placed:
    """A text that starts at a point, or ends at the right edge where it would leave the chart."""
    text = shortened(text, right - left)
    width = text_px(text)
    if at_px + width <= right:
        return Placed(text, at_px, "start", at_px, at_px + width)
    return Placed(text, right, "end", right - width, right)


def beside(text: str, line_px: float, *, left: float, right: float) -> Placed:
    """A text to the right of an upright line, or to its left where the chart ends."""
    width = text_px(text) + BESIDE_PX
    edge = right if line_px + width <= right else line_px - BESIDE_PX
    return placed(text, line_px + BESIDE_PX, left=left, right=min(max(edge, left + width), right))
