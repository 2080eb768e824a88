"""What happened on a day, as one row of small signs under the regimens: illnesses, allergies, vaccines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corridor.domain.care.event import Event, EventKind
from corridor.web.clinician.wording import when_text
from corridor.web.drawing import Placed, TimeAxis, beside
from corridor.web.language import Words

KINDS = (EventKind.CONDITION, EventKind.ALLERGY, EventKind.IMMUNIZATION)
_ROW_PX = 30
_TEXT_PX = 13
_APART_PX = 8
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign; `label` is None where there is no room for words, `title` says what, who told it and when."""

    x: float
    label: Placed | None
    title: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The row of signs; `facts` is how many records it shows."""

    heading: str
    heading_y: float
    y: float
    marks: tuple[Mark, ...]
    bottom: float
    facts: int


def marks(events: Iterable[Event], axis: TimeAxis, t: Words, *, top: float, heading_px: int) -> Marks | None:
    """The row, or None where nothing of it has a day; what falls on one spot is one sign."""
    found = sorted((event for event in events if is_marked(event)), key=lambda event: event.start or axis.start)
    if not found:
        return None
    y = top + heading_px + _TEXT_PX + 2
    spots: dict[int, list[Event]] = {}
    for event in found:
        spots.setdefault(round(axis.x(event.start or axis.start) / 4), []).append(event)
    drawn, free = [], axis.left
    for group in spots.values():
        mark = _mark(group, axis, t, free=free)
        free = mark.label.right + _APART_PX if mark.label else max(free, mark.x + _APART_PX)
        drawn.append(mark)
    heading_y = top + (14 if heading_px else _TEXT_PX + 6)
    return Marks(t("chart.events"), heading_y, y, tuple(drawn), top + heading_px + _ROW_PX, len(found))


def is_marked(event: Event) -> bool:
    """Whether an event has a sign of its own."""
    return event.kind in KINDS and event.start is not None and event.counts


def _mark(group: list[Event], axis: TimeAxis, t: Words, *, free: float) -> Mark:
    x = axis.x(group[0].start or axis.start)
    said = ", ".join(dict.fromkeys(_cut(_said(event, t)) for event in group))
    label = beside(_cut(said), x, left=axis.left, right=axis.right)
    told = "; ".join(dict.fromkeys(f"{t.name('country', event.country)}, {when_text(event, t)}" for event in group[:5]))
    return Mark(x, label if label.left >= free else None, f"{said[:200]} · {told}")


def _said(event: Event, t: Words) -> str:
    """The name of what happened; a vaccine against hepatitis must not be read as hepatitis."""
    name = event.label or event.raw or t("table.unread")
    return name if event.kind is EventKind.CONDITION else f"{t.name('kind', event.kind)}: {name}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
