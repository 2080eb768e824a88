"""Which years the drawing shows: a whole life, or some years of it, chosen by links that say no date of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corridor.domain.care.event import Event
from corridor.domain.care.timeline import Gap, Span, Timeline
from corridor.web.drawing import TimeAxis

YEARS = (5, 2, 1)
"""Widths that can be asked for besides the whole life."""

_MOST_STEPS = 240
_DAYS_PER_YEAR = 365.25
_AIR = 40


@dataclass(frozen=True, slots=True)
class Window:
    """Some years, counted back from today in steps of half their number, so that an address holds no date.

    Attributes:
        years: how many; 0 is the whole life.
        back: how many steps before today.
    """

    years: int = 0
    back: int = 0

    @property
    def query(self) -> str:
        """As it stands in an address, empty for the whole life."""
        if not self.years:
            return ""
        return f"v={self.years}&a={self.back}" if self.back else f"v={self.years}"

    def days(self, today: date) -> tuple[date, date]:
        """First and last day that it shows."""
        width = timedelta(days=self.years * _DAYS_PER_YEAR)
        end = today + width / _AIR - self.back * width / 2
        return end - width, end


@dataclass(frozen=True, slots=True)
class Choice:
    """One link beside the drawing.

    Attributes:
        key: names its word.
        address: empty where it leads nowhere.
        years: for the script, which moves the drawing itself.
        step: half widths that the script moves by: -1 earlier, 1 later.
    """

    key: str
    address: str
    years: int
    step: int = 0
    current: bool = False


def read_window(asked: Mapping[str, str]) -> Window:
    """The window of an address; whatever is not one shows the whole life."""
    years, back = _number(asked.get("v", "")), _number(asked.get("a", ""))
    return Window(years, min(back, _MOST_STEPS)) if years in YEARS else Window()


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= len(str(_MOST_STEPS)) else 0


def choices(window: Window, *, first: date | None, today: date) -> tuple[Choice, ...]:
    """The links: the widths, then earlier and later where there is something to see.

    Args:
        window: what is shown now.
        first: first day of the record, or None where nothing has a day.
        today: day of the pull.
    """
    widths = [
        Choice(f"zoom.{years}", _address(Window(years)), years, current=window.years == years) for years in (0, *YEARS)
    ]
    if not window.years:
        return (*widths, Choice("zoom.earlier", "", 0, -1), Choice("zoom.later", "", 0, 1))
    earlier = first is not None and window.days(today)[0] > first and window.back < _MOST_STEPS
    before = _address(replace(window, back=window.back + 1)) if earlier else ""
    after = _address(replace(window, back=window.back - 1)) if window.back else ""
    return (*widths, Choice("zoom.earlier", before, window.years, -1), Choice("zoom.later", after, window.years, 1))


def _address(window: Window) -> str:
    return f"?{window.query}#line"


def within(care: Timeline, axis: TimeAxis) -> Timeline:
    """What of a timeline lies on an axis, wholly or in part."""
    return replace(
        care,
        spans=tuple(span for span in care.spans if _span_meets(span, axis)),
        gaps=tuple(gap for gap in care.gaps if _gap_meets(gap, axis)),
        viral_loads=tuple(event for event in care.viral_loads if _meets(event, axis)),
        cd4s=tuple(event for event in care.cd4s if _meets(event, axis)),
        others=tuple(event for event in care.others if _meets(event, axis)),
    )


def _span_meets(span: Span, axis: TimeAxis) -> bool:
    return (span.start or date.min) <= axis.end and (span.until or span.end or date.max) >= axis.start


def _gap_meets(gap: Gap, axis: TimeAxis) -> bool:
    return gap.start <= axis.end and gap.end >= axis.start


def _meets(event: Event, axis: TimeAxis) -> bool:
    first, last = event.start or event.end or date.max, event.end or event.start or date.min
    return first <= axis.end and last >= axis.start
