"""One person's care as one drawing: regimens by country, gaps, borders, viral loads and CD4 over the same years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.timeline import Timeline
from corridor.web.clinician.lanes import Band, Ground, Lane, gap_bands, is_drawn, other_lanes, regimen_lanes
from corridor.web.clinician.marks import Marks, is_marked, marks
from corridor.web.clinician.panels import Panel, cd4_panel, viral_load_panel
from corridor.web.clinician.window import Window, within
from corridor.web.drawing import Placed, TimeAxis, beside, packed, time_axis
from corridor.web.language import Words

_LONGEST_PAST = timedelta(days=60 * 365)
_LONGEST_FUTURE = timedelta(days=365)
_BORDER_ROW_PX = 18
_AXIS_PX = 26
_TICKS_APART_PX = 64
_PANEL_GAP_PX = 14
_WHOLE = Window()


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a drawing is, and how it arranges its words.

    Attributes:
        gutter_px: room at the left for the numbers of the scales.
        short: countries are written as codes.
        heading_px: room above a lane for its name; 0 where the name stands in the gutter.
        row_px: height of a bar with its words.
        load_px: height of the scale of viral loads.
        cd4_px: height of the scale of CD4 counts.
    """

    width_px: int
    gutter_px: int
    short: bool
    heading_px: int
    row_px: int = 34
    load_px: int = 130
    cd4_px: int = 90


WIDE = Size(1080, 112, short=False, heading_px=0)
NARROW = Size(344, 46, short=True, heading_px=18)
PAPER = Size(1000, 112, short=False, heading_px=0, row_px=25, load_px=84, cd4_px=54)


@dataclass(frozen=True, slots=True)
class Border:
    """The first day on which another country speaks of the person, or the day of the pull."""

    today: bool
    x: float
    text: Placed
    text_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, measured: the template only writes it down.

    Attributes:
        axis: from its first day at the left to its last at the right.
        ticks: (x, text) under the drawing.
        top: upper edge of the lanes.
        lanes_bottom: lower edge of the lanes.
        bottom: where the axis lies.
        undrawn: how many facts have no place in it, all of them in the table.
    """

    size: Size
    axis: TimeAxis
    height: float
    top: float
    lanes_bottom: float
    bottom: float
    ticks: tuple[tuple[float, str], ...]
    lanes: tuple[Lane, ...]
    gaps: tuple[Band, ...]
    borders: tuple[Border, ...]
    marks: Marks | None
    panels: tuple[Panel, ...]
    undrawn: int


def chart(care: Timeline, t: Words, *, size: Size, today: date, window: Window = _WHOLE) -> Chart | None:
    """The drawing of a timeline, or None where nothing in it has a date."""
    axis = _axis(care, size, today=today, window=window)
    if axis is None:
        return None
    shown = within(care, axis) if window.years else care
    borders = _borders(care, axis, t, today=today, short=size.short)
    top = max((border.text_y for border in borders), default=0.0) + _BORDER_ROW_PX
    lanes = _lanes(shown, Ground(axis, size.heading_px, today, size.row_px), t, top=top)
    row = marks(shown.others, axis, t, top=_below(lanes, top), heading_px=size.heading_px)
    lanes_bottom = row.bottom if row else _below(lanes, top)
    panels = tuple(_panels(shown, axis, t, size=size, top=lanes_bottom + _PANEL_GAP_PX))
    bottom = panels[-1].bottom + _PANEL_GAP_PX if panels else lanes_bottom
    return Chart(
        size=size,
        axis=axis,
        height=bottom + _AXIS_PX,
        top=top,
        lanes_bottom=lanes_bottom,
        bottom=bottom,
        ticks=tuple(_ticks(axis, t)),
        lanes=lanes,
        gaps=gap_bands(shown, axis, t, today=today),
        borders=borders,
        marks=row,
        panels=panels,
        undrawn=_facts(care) - _drawn(shown, lanes, panels) - (row.facts if row else 0),
    )


def _lanes(shown: Timeline, ground: Ground, t: Words, *, top: float) -> tuple[Lane, ...]:
    regimens = regimen_lanes(shown.spans, ground, t, top=top)
    return (*regimens, *other_lanes(shown.others, ground, t, top=_below(regimens, top)))


def first_day(care: Timeline, *, today: date) -> date | None:
    """The first day of the record that only truth can have written, or None."""
    return min(_days(care, today), default=None)


def _axis(care: Timeline, size: Size, *, today: date, window: Window) -> TimeAxis | None:
    days = list(_days(care, today))
    left, right = float(size.gutter_px), float(size.width_px - 8)
    if not days:
        return None
    if window.years:
        return TimeAxis(*window.days(today), left, right)
    return time_axis([*days, today], left=left, right=right)


def _days(care: Timeline, today: date) -> Iterator[date]:
    """Every day of the record, without those that only an error can have written."""
    spans = [day for span in care.spans for day in (span.start, span.end)]
    events = [day for event in _events(care) for day in (event.start, event.end)]
    for day in (*spans, *events):
        if day is not None and today - _LONGEST_PAST <= day <= today + _LONGEST_FUTURE:
            yield day


def _events(care: Timeline) -> Iterable[Event]:
    lasting = {EventKind.TUBERCULOSIS, EventKind.RESISTANCE}
    drawn_others = [event for event in care.others if event.kind in lasting or is_marked(event)]
    return (*care.viral_loads, *care.cd4s, *drawn_others)


def _below(lanes: tuple[Lane, ...], top: float) -> float:
    return lanes[-1].bottom if lanes else top


def _panels(care: Timeline, axis: TimeAxis, t: Words, *, size: Size, top: float) -> Iterator[Panel]:
    viral_loads = viral_load_panel(care.viral_loads, axis, t, top=top, height_px=size.load_px)
    if viral_loads:
        yield viral_loads
        top = viral_loads.bottom + _PANEL_GAP_PX
    cd4s = cd4_panel(care.cd4s, axis, t, top=top, height_px=size.cd4_px)
    if cd4s:
        yield cd4s


def _ticks(axis: TimeAxis, t: Words) -> Iterator[tuple[float, str]]:
    days = axis.ticks(_TICKS_APART_PX)
    whole_years = all(day.month == 1 for day in days)
    for day in days:
        yield axis.x(day), str(day.year) if whole_years else t.month(day)


def _borders(care: Timeline, axis: TimeAxis, t: Words, *, today: date, short: bool) -> tuple[Border, ...]:
    """Where each country enters the story; records that arrive later from a country already seen mark nothing."""
    first: dict[str, date] = {}
    met = [event for event in _events(care) if not is_marked(event)]  # an illness may have begun in another country
    dated = [(span.start, span.country) for span in care.spans] + [(one.start, one.country) for one in met]
    for day, country in sorted((day, country) for day, country in dated if day is not None):
        first.setdefault(country, day)
    lines = [(day, code if short else t.name("country", code)) for code, day in first.items()]
    lines = [(day, name) for day, name in (*lines, (today, t("chart.today"))) if axis.start <= day <= axis.end]
    texts = [beside(name, axis.x(day), left=axis.left, right=axis.right) for day, name in lines]
    rows = packed([(text.left, text.right) for text in texts])
    return tuple(
        Border(lines[place][0] == today, axis.x(lines[place][0]), text, 12.0 + row * 14)
        for place, (text, row) in enumerate(zip(texts, rows, strict=True))
    )


def _facts(care: Timeline) -> int:
    return len(care.regimen_events) + len(care.others) + len(care.viral_loads) + len(care.cd4s)


def _drawn(shown: Timeline, lanes: tuple[Lane, ...], panels: tuple[Panel, ...]) -> int:
    """How many records lie in bars and scales; one that speaks of two regimens counts once."""
    taken = {id(event) for span in shown.spans if is_drawn(span) for event in span.events}
    others = sum(bar.facts for lane in lanes if lane.kind != "regimen" for bar in lane.bars)
    return len(taken) + others + sum(panel.facts for panel in panels)
