"""How exchanges ended, over time: stacked columns, measured; and the sums of each route."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.flows.ports.disclosures import DisclosureCount
from corridor.web.drawing import TimeAxis
from corridor.web.language import Words

OUTCOMES = (Decision.DISCLOSED, Decision.NOTHING, Decision.REFUSED, Decision.SILENT)
"""From the bottom of a column up. `asked` is left out: it is the same exchange, told by the other side."""

_TOP_PX = 20.0
_BOTTOM_PX = 190.0
_LEFT_PX = 52.0
_HEIGHT_PX = 216.0
_TICKS_APART_PX = 70.0
_HOURLY_DAYS = 2
_WEEKLY_DAYS = 120


@dataclass(frozen=True, slots=True)
class Slice:
    """One outcome within one column."""

    outcome: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Share:
    """One outcome within the bar of a route, in pixels."""

    outcome: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The drawing: the template only writes it down."""

    width: int
    height: float
    left: float
    right: float
    bottom: float
    slices: tuple[Slice, ...]
    lines: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Sums of one ordered pair of countries.

    Attributes:
        asked: questions that were answered in time, as the asker reports.
        silent: questions without an answer in time, as the asker reports.
        disclosed, nothing, refused: answers by outcome, as the holder reports.
    """

    asker: Country
    holder: Country
    asked: int
    silent: int
    disclosed: int
    nothing: int
    refused: int


def routes_of(counts: Iterable[DisclosureCount]) -> tuple[Route, ...]:
    """The sums of every route that occurs, ordered by asker and holder."""
    sums: defaultdict[tuple[Country, Country], Counter[Decision]] = defaultdict(Counter)
    for one in counts:
        if one.decision not in {Decision.FORBIDDEN, Decision.PAUSED}:
            sums[one.asker, one.holder][one.decision] += one.count
    return tuple(
        Route(
            asker,
            holder,
            asked=found[Decision.ASKED],
            silent=found[Decision.SILENT],
            disclosed=found[Decision.DISCLOSED],
            nothing=found[Decision.NOTHING],
            refused=found[Decision.REFUSED],
        )
        for (asker, holder), found in sorted(sums.items())
    )


def shares_of(routes: Sequence[Route], width: int) -> tuple[tuple[Share, ...], ...]:
    """For each route a bar of how its exchanges ended; the busiest route's bar is as wide as `width`."""
    numbers = [(route.disclosed, route.nothing, route.refused, route.silent) for route in routes]
    per_exchange = width / max([1, *map(sum, numbers)])
    return tuple(tuple(_shares(each, per_exchange)) for each in numbers)


def _shares(numbers: tuple[int, ...], per_exchange: float) -> Iterable[Share]:
    x = 0.0
    for outcome, number in zip(OUTCOMES, numbers, strict=True):
        if number:
            yield Share(outcome, round(x, 1), round(number * per_exchange, 1))
            x += number * per_exchange


def columns(counts: Sequence[DisclosureCount], t: Words, *, days: tuple[date, date], width: int) -> Columns | None:
    """Columns by hour, day or week, whichever fits the time that is shown; None where nothing happened."""
    step = _step(days)
    sums: defaultdict[datetime, Counter[Decision]] = defaultdict(Counter)
    for one in counts:
        if one.decision in OUTCOMES:
            sums[_begin(one.hour, step, days[0])][one.decision] += one.count
    if not sums:
        return None
    axis = TimeAxis(days[0], days[1] + timedelta(days=1), _LEFT_PX, float(width - 8))
    highest = max(found.total() for found in sums.values())
    day_px = (axis.right - axis.left) / max((axis.end - axis.start).days, 1)
    column_px = max(day_px * (step / timedelta(days=1)) * 0.8, 1.5)
    slices = [
        piece
        for begin, found in sorted(sums.items())
        for piece in _slices(found, (_x(axis, begin, day_px), column_px), highest=highest, t=t)
    ]
    middle = highest // 2
    lines = tuple((_y(value, highest), t.number(value)) for value in sorted({0, middle, highest}))
    ticks = tuple((axis.x(day), _tick(day, t)) for day in _tick_days(axis))
    return Columns(width, _HEIGHT_PX, axis.left, axis.right, _BOTTOM_PX, tuple(slices), lines, ticks)


def _step(days: tuple[date, date]) -> timedelta:
    shown = (days[1] - days[0]).days + 1
    if shown <= _HOURLY_DAYS:
        return timedelta(hours=1)
    return timedelta(days=1 if shown <= _WEEKLY_DAYS else 7)


def _begin(hour: datetime, step: timedelta, first: date) -> datetime:
    origin = datetime(first.year, first.month, first.day, tzinfo=hour.tzinfo)
    return origin + (hour - origin) // step * step


def _x(axis: TimeAxis, begin: datetime, day_px: float) -> float:
    return axis.x(begin.date()) + begin.hour / 24 * day_px


def _y(value: float, highest: int) -> float:
    return round(_BOTTOM_PX - value / highest * (_BOTTOM_PX - _TOP_PX), 1)


def _slices(found: Counter[Decision], place: tuple[float, float], *, highest: int, t: Words) -> Iterable[Slice]:
    x, column_px = place
    below = 0
    for outcome in OUTCOMES:
        number = found[outcome]
        if number:
            top, bottom = _y(below + number, highest), _y(below, highest)
            title = f"{t(f'decision.{outcome}')}: {t.number(number)}"
            yield Slice(outcome, round(x, 1), top, round(column_px, 1), round(bottom - top, 1), title)
            below += number


def _tick_days(axis: TimeAxis) -> tuple[date, ...]:
    shown = (axis.end - axis.start).days
    fits = max(int((axis.right - axis.left) / _TICKS_APART_PX), 1)
    every = max(-(-shown // fits), 1)
    return tuple(axis.start + timedelta(days=number) for number in range(0, shown, every))


def _tick(day: date, t: Words) -> str:
    return t.short_day(day)
