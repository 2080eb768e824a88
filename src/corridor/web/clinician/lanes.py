"""The bars of the drawing: regimens, a lane for each country; tuberculosis and resistance below; gaps behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.sweep import TOLERATED_DAYS
from corridor.domain.care.timeline import Gap, Span, Timeline
from corridor.web.clinician.wording import duration, value_text
from corridor.web.drawing import Placed, TimeAxis, packed, placed, text_px
from corridor.web.language import Words

_BAR_HIGH_PX = 10
_LABEL_ABOVE_PX = 3
_AFTER_PX = 6
_LEAST_BAR_PX = 5.0
_APART_PX = 6


@dataclass(frozen=True, slots=True)
class Ground:
    """What lanes are laid on.

    Attributes:
        heading_px: room above each lane for its name; 0 where the name stands beside.
        today: where what has no known end stops being drawn.
        row_px: height of a bar with its words.
    """

    axis: TimeAxis
    heading_px: int
    today: date
    row_px: int


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
    """Days without recorded treatment; `label` says how long, empty where there is no room for it."""

    x: float
    width: float
    text: str
    label: str


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
    dated = [span for span in spans if is_drawn(span)]
    for country in dict.fromkeys(span.country for span in dated):
        own = [span for span in dated if span.country == country]
        stretches = [_stretch(span, ground) for span in own]
        lanes.append(_lane("regimen", t.name("country", country), stretches, ground=ground, top=top))
        top = lanes[-1].bottom
    return tuple(lanes)


def is_drawn(span: Span) -> bool:
    """Whether a regimen has a place on the axis of years."""
    return span.counts and (span.start or span.end) is not None


def other_lanes(events: Iterable[Event], ground: Ground, t: Words, *, top: float) -> tuple[Lane, ...]:
    """A lane for tuberculosis and one for resistance, where there is anything dated to show."""
    lanes: list[Lane] = []
    dated = [event for event in events if (event.start or event.end) and event.counts]
    for kind in (EventKind.TUBERCULOSIS, EventKind.RESISTANCE):
        groups = _grouped(event for event in dated if event.kind is kind)
        own = [_of_events(group, ground.axis, t) for group in groups]
        if own:
            lanes.append(_lane(kind.value, t(f"kind.{kind}"), own, ground=ground, top=top))
            top = lanes[-1].bottom
    return tuple(lanes)


def gap_bands(care: Timeline, axis: TimeAxis, t: Words, *, today: date) -> tuple[Band, ...]:
    """Every gap that is longer than an ordinary silence, and the days since treatment was last told of."""
    gaps = list(care.gaps)
    if care.covered_until and care.covered_until < today:
        gaps.append(Gap(care.covered_until, today))
    return tuple(_band(gap, axis, t) for gap in gaps if gap.days > TOLERATED_DAYS and axis.x(gap.start) < axis.right)


def _band(gap: Gap, axis: TimeAxis, t: Words) -> Band:
    left, right, text = axis.x(gap.start), axis.x(gap.end), duration(gap.days, t)
    room = right - left - 2 * _APART_PX
    return Band(left, max(right - left, 1.0), t("gap.title", n=text), text if text_px(text) <= room else "")


def _stretch(span: Span, ground: Ground) -> _Stretch:
    """A regimen without an end is drawn open until the same country tells of the next one, or until today."""
    known = span.seen or span.end or ground.axis.start
    return _Stretch(span.label, span.start, span.end, known, max(span.until or ground.today, known), len(span.events))


def _grouped(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Records of one country that tell the same, or whose drugs and days another record holds as well."""
    groups: list[list[Event]] = []
    for event in sorted(events, key=lambda event: (event.start or date.max, -len(event.components), event.reckoned)):
        group = next((group for group in groups if _holds(group[0], event)), None)
        if group is None:
            groups.append([event])
        else:
            group.append(event)
    yield from groups


def _holds(wide: Event, event: Event) -> bool:
    if wide.country != event.country or not wide.start or not event.start:
        return False
    if not event.components:
        said, also = (wide.label, wide.end, wide.genotype), (event.label, event.end, event.genotype)
        return wide.start == event.start and said == also
    last = wide.end or date.max
    return set(event.components) <= set(wide.components) and wide.start <= event.start and (event.end or last) <= last


def _of_events(events: Sequence[Event], axis: TimeAxis, t: Words) -> _Stretch:
    event = events[0]
    known = event.end or event.start or axis.start
    label = value_text(event, t) if event.genotype else event.label
    return _Stretch(label, event.start, event.end, known, known, len(events))


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
        _bar(one, label, axis=axis, y=first + (row + 1) * ground.row_px - _BAR_HIGH_PX - 4)
        for one, label, row in zip(stretches, labels, rows, strict=True)
    ]
    bottom = first + (max(rows) + 1) * ground.row_px + _AFTER_PX
    return Lane(kind, heading, top + 14 if ground.heading_px else first + ground.row_px - 5, tuple(bars), bottom)


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
        y=y,
        open_width=round(open_width, 1),
        open_start=one.start is None,
        label=label,
        label_y=y - _LABEL_ABOVE_PX,
        facts=one.facts,
    )
