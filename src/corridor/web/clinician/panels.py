"""The measured values of the drawing: each point shows what the laboratory said and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.viral_load import ViralLoad
from corridor.web.clinician.scale import LinearScale, LogScale, linear_scale, log_scale
from corridor.web.clinician.wording import when_text
from corridor.web.drawing import TimeAxis, text_px
from corridor.web.language import Words

FAILURE_COPIES_PER_ML = 1000
"""Threshold of virological failure. Source: WHO consolidated guidelines 2021, section 4.7."""

ADVANCED_CELLS_PER_UL = 200
"""Below this the disease is advanced. Source: WHO guidelines for managing advanced HIV disease, 2017."""

_HEADING_PX = 28
_LABEL_ABOVE_PX = 9
_CROWD = 600
_MOST_SPARE = 120
_ZERO = Decimal(0)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Dot:
    """One result.

    Attributes:
        shape: `exact`; `below` and `above` point to where the value lies; `range` reaches from `y` down to `y2`.
        label: the value in words, empty where there would never be room for it.
        spare: there is room for the label only when the drawing is drawn wider.
        title: the value, who told it and when.
    """

    x: float
    y: float
    y2: float
    shape: str
    label: str
    label_y: float
    spare: bool
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One scale with its results.

    Attributes:
        lines: (y, text) of the scale.
        marks: (y, text) of the thresholds that are drawn across; no text where the scale already names them.
        path: points of the line that joins the results.
        facts: how many results are drawn.
    """

    kind: str
    heading: str
    heading_y: float
    top: float
    bottom: float
    lines: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    path: str
    facts: int


@dataclass(frozen=True, slots=True)
class _Result:
    x: float
    shape: str
    value: Decimal
    lowest: Decimal
    text: str
    title: str


def viral_load_panel(
    events: Sequence[Event], axis: TimeAxis, t: Words, *, top: float, height_px: float
) -> Panel | None:
    """Viral loads by powers of ten, with the limit of detection that laboratories stated most often."""
    results = [one for event in _counted(events) if (one := _viral_load(event, axis, t))]
    if not results:
        return None
    bottom = top + _HEADING_PX + height_px
    scale = log_scale(max(one.value for one in results), top=top + _HEADING_PX, bottom=bottom)
    marks = [(scale.y(Decimal(FAILURE_COPIES_PER_ML)), "")]
    limits = Counter(one.value for one in results if one.shape == "below" and one.text.startswith("<"))
    if limits:
        limit = limits.most_common(1)[0][0]
        marks.append((scale.y(limit), t("chart.limit", n=t.number(int(limit)))))
    lines = tuple((scale.y(Decimal(10) ** power), f"10{str(power).translate(_SUPERSCRIPT)}") for power in scale.lines())
    return _panel("viral-load", t("chart.viral-load"), results, scale=scale, lines=lines, marks=tuple(marks))


def cd4_panel(events: Sequence[Event], axis: TimeAxis, t: Words, *, top: float, height_px: float) -> Panel | None:
    """CD4 counts in equal steps; percentages stay in the table."""
    results = [one for event in _counted(events) if (one := _cd4(event, axis, t))]
    if not results:
        return None
    bottom = top + _HEADING_PX + height_px
    scale = linear_scale(max(one.value for one in results), top=top + _HEADING_PX, bottom=bottom)
    marks = ((scale.y(Decimal(ADVANCED_CELLS_PER_UL)), ""),)
    shown = sorted({*scale.lines(), ADVANCED_CELLS_PER_UL})
    lines = tuple((scale.y(Decimal(line)), t.number(line)) for line in shown)
    return _panel("cd4", t("chart.cd4"), results, scale=scale, lines=lines, marks=marks)


def _counted(events: Iterable[Event]) -> Iterable[Event]:
    return (event for event in events if event.start is not None and event.counts)


def _viral_load(event: Event, axis: TimeAxis, t: Words) -> _Result | None:
    if not isinstance(event.value, ViralLoad):
        return None
    exact = event.value.value_copies_per_ml
    return _result(event, event.value.copies_per_ml, exact, axis=axis, t=t)


def _cd4(event: Event, axis: TimeAxis, t: Words) -> _Result | None:
    if not isinstance(event.value, Interval) or "%" in event.unit:
        return None
    lower, upper = event.value.lower, event.value.upper
    exact = lower if lower is not None and upper is not None and upper - lower <= 1 else None
    return _result(event, event.value, exact, axis=axis, t=t)


def _result(event: Event, interval: Interval, exact: Decimal | None, *, axis: TimeAxis, t: Words) -> _Result | None:
    """What is drawn of an interval: a point, an arrow to the side on which the value lies, or a range."""
    if event.start is None:
        return None
    drawn = _shape(interval, exact, t)
    if drawn is None:
        return None
    shape, value, lowest, text = drawn
    title = f"{text} · {t.name('country', event.country)} · {when_text(event, t)}"
    return _Result(axis.x(event.start), shape, value, lowest, text, title)


def _shape(interval: Interval, exact: Decimal | None, t: Words) -> tuple[str, Decimal, Decimal, str] | None:
    lower, upper = interval.lower, interval.upper
    if exact is not None:
        return "exact", exact, exact, t.number(int(exact))
    if lower == 0:
        limit = _ZERO if upper is None else upper
        return "below", limit, _ZERO, t("chart.unseen") if upper is None else f"< {t.number(int(limit))}"
    if lower is None:
        return None
    if upper is None:
        return "above", lower, lower, f"≥ {t.number(int(lower))}"
    return "range", upper, lower, f"{t.number(int(lower))} … {t.number(int(upper))}"


def _panel(
    kind: str,
    heading: str,
    results: Sequence[_Result],
    *,
    scale: LogScale | LinearScale,
    lines: tuple[tuple[float, str], ...],
    marks: tuple[tuple[float, str], ...],
) -> Panel:
    shown, few = _labelled(results), len(results) <= _MOST_SPARE
    dots = _thinned(tuple(_dot(one, scale, room=place in shown, few=few) for place, one in enumerate(results)))
    return Panel(
        kind=kind,
        heading=heading,
        heading_y=scale.top - _HEADING_PX + 12,
        top=scale.top,
        bottom=scale.bottom,
        lines=lines,
        marks=marks,
        dots=dots,
        path=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        facts=len(results),
    )


def _dot(one: _Result, scale: LogScale | LinearScale, *, room: bool, few: bool) -> Dot:
    y = scale.y(one.value)
    label = one.text if room or few else ""
    return Dot(one.x, y, scale.y(one.lowest), one.shape, label, _label_y(y, scale.top), not room, one.title)


def _label_y(y: float, top: float) -> float:
    return max(y - _LABEL_ABOVE_PX, top + 2)


def _labelled(results: Sequence[_Result]) -> frozenset[int]:
    """Which results have room for their value: the last first, then the highest, then as many as fit."""
    last = len(results) - 1
    order = sorted(range(len(results)), key=lambda place: (place != last, -results[place].value))
    taken: list[tuple[float, float]] = []
    shown = set()
    for place in order:
        half = text_px(results[place].text) / 2 + 3
        left, right = results[place].x - half, results[place].x + half
        if all(right <= start or end <= left for start, end in taken):
            taken.append((left, right))
            shown.add(place)
    return frozenset(shown)


def _thinned(dots: tuple[Dot, ...]) -> tuple[Dot, ...]:
    """What stands on one spot is drawn once; of a crowd only the highest and lowest of each column are drawn."""
    crowded = len(dots) > _CROWD
    columns: dict[tuple[int, int], Dot] = {}
    for dot in sorted(dots, key=lambda dot: (not dot.spare, -dot.y)):
        columns[round(dot.x), 0 if crowded else round(dot.y)] = dot
    if crowded:
        for dot in dots:
            place = (round(dot.x), 1)
            if place not in columns or dot.y > columns[place].y:
                columns[place] = dot
    return tuple(sorted(columns.values(), key=lambda dot: dot.x))
