"""The bars of the drawing: regimens, a lane for each country; tuberculosis and resistance below; gaps behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from corridor.domain.care.timeline import Event, EventKind, Gap, Span
from corridor.web.drawing import Placed, TimeAxis, packed, placed
from corridor.web.language import Words

VOID = frozenset({"entered-in-error", "not-taken"})
"""Status of records that say: this did not happen. They stay in the table and count for nothing."""

SHOWN_GAP_DAYS = 28
"""Shorter silences are ordinary. Source: MER IIT, CLINICAL section 6."""

_ROW_PX = 34
_LABEL_PX = 12
_BAR_PX = 18
_AFTER_PX = 6
_LEAST_BAR_PX = 5.0
_APART_PX = 6


@dataclass(frozen=True, slots=True)
class Ground:
    """What lanes are laid on: the axis, and the room above each lane for its name (0: the name stands beside)."""

    axis: TimeAxis
    heading_px: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted.

    Attributes:
        width: of the part that is certain.
        open_width: of the dashed part after it, where no end was told.
        open_start: no beginning was told; the bar shows the end only.
        facts: how many records it is made of.
    """

    x: float
    width: float
    y: float
    open_width: float
    open_start: bool
    label: Placed
    label_y: float
    facts: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Bars under one heading; `kind` chooses how they are filled."""

    kind: str
    heading: str
    heading_y: float
    bars: tuple[Bar, ...]
    bottom: float


@dataclass(frozen=True, slots=True)
class Band:
    """Days without recorded treatment."""

    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a bar is made from: days, and the day on which an open end stops being drawn."""

    label: str
    start: date | None
    end: date | None
    known_until: date
    open_until: date
    facts: int


def regimen_lanes(spans: Sequence[Span], ground: Ground, t: Words, *, top: float) -> tuple[Lane, ...]:
    """A lane for each country that told of a dated regimen, in the order in which they enter the story."""
    lanes: list[Lane] = []
    dated = [span for span in spans if (span.start or span.end) and span.events[0].status not in VOID]
    for country in dict.fromkeys(span.country for span in dated):
        own = [span for span in dated if span.country == country]
        stretches = [_stretch(span, own, ground.axis) for span in own]
        lanes.append(_lane("regimen", t.name("country", country), stretches, ground=ground, top=top))
        top = lanes[-1].bottom
    return tuple(lanes)


def other_lanes(events: Iterable[Event], ground: Ground, t: Words, *, top: float) -> tuple[Lane, ...]:
    """A lane for tuberculosis and one for resistance, where there is anything dated to show."""
    lanes: list[Lane] = []
    dated = [event for event in events if (event.start or event.end) and event.status not in VOID]
    for kind in (EventKind.TUBERCULOSIS, EventKind.RESISTANCE):
        own = [_of_event(event, ground.axis) for event in dated if event.kind is kind]
        if own:
            lanes.append(_lane(kind.value, t(f"kind.{kind}"), own, ground=ground, top=top))
            top = lanes[-1].bottom
    return tuple(lanes)


def gap_bands(gaps: Iterable[Gap], axis: TimeAxis, t: Words) -> tuple[Band, ...]:
    """Every gap that is longer than an ordinary silence."""
    long = [gap for gap in gaps if gap.days > SHOWN_GAP_DAYS]
    return tuple(
        Band(axis.x(gap.start), max(axis.x(gap.end) - axis.x(gap.start), 1.0), t.count("gap.days", gap.days))
        for gap in long
    )


def _stretch(span: Span, own: Sequence[Span], axis: TimeAxis) -> _Stretch:
    """A regimen without an end is drawn open until the same country tells of the next one."""
    starts = [event.start for event in span.events if event.start]
    ends = [event.end for event in span.events if event.end]
    later = [one.start for one in own if one.start and span.start and one.start > span.start]
    known = max([*starts, *ends], default=axis.start)
    until = max(min([axis.end, *later]), known)
    return _Stretch(span.label, span.start, span.end, known, until, len(span.events))


def _of_event(event: Event, axis: TimeAxis) -> _Stretch:
    known = event.end or event.start or axis.start
    return _Stretch(event.label, event.start, event.end, known, known, 1)


def _lane(kind: str, heading: str, stretches: Sequence[_Stretch], *, ground: Ground, top: float) -> Lane:
    axis = ground.axis
    labels = [_label(one, axis) for one in stretches]
    extents = [
        (
            min(label.left, _left(one, axis)),
            max(label.right + _APART_PX, axis.x(one.open_until if one.end is None else one.end)),
        )
        for one, label in zip(stretches, labels, strict=True)
    ]
    rows = packed(extents, apart_px=1)
    first = top + ground.heading_px
    bars = [
        _bar(one, label, axis=axis, y=first + row * _ROW_PX)
        for one, label, row in zip(stretches, labels, rows, strict=True)
    ]
    bottom = first + (max(rows) + 1) * _ROW_PX + _AFTER_PX
    return Lane(kind, heading, top + 14 if ground.heading_px else first + _BAR_PX + 9, tuple(bars), bottom)


def _left(one: _Stretch, axis: TimeAxis) -> float:
    return axis.x(one.start or one.end or axis.start)


def _label(one: _Stretch, axis: TimeAxis) -> Placed:
    return placed(one.label or "?", _left(one, axis), left=axis.left, right=axis.right)


def _bar(one: _Stretch, label: Placed, *, axis: TimeAxis, y: float) -> Bar:
    x = _left(one, axis)
    certain = axis.x(one.end or one.known_until)
    width = max(certain - x, _LEAST_BAR_PX)
    open_width = max(axis.x(one.open_until) - x - width, 0.0) if one.end is None else 0.0
    x = x - _LEAST_BAR_PX if one.start is None else x
    return Bar(
        x=min(x, axis.right - _LEAST_BAR_PX),
        width=round(width, 1),
        y=y + _BAR_PX,
        open_width=round(open_width, 1),
        open_start=one.start is None,
        label=label,
        label_y=y + _LABEL_PX,
        facts=one.facts,
    )
