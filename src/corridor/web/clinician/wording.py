"""Facts in words: values with their unit, dates as exactly as they were written, cautions as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from corridor.domain.care.interval import Interval
from corridor.domain.care.timeline import Event, EventKind
from corridor.domain.care.viral_load import ViralLoad
from corridor.web.language import Words

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?")
_LONGEST_DATE = 60


def value_text(event: Event, t: Words) -> str:
    """What to read of a fact: the drugs, the measured value, or the text as it came; empty where nothing crossed."""
    if isinstance(event.value, ViralLoad):
        return _viral_load(event.value, event, t)
    if isinstance(event.value, Interval) and event.kind is EventKind.CD4:
        return _cd4(event.value, event, t)
    measured = event.kind in {EventKind.VIRAL_LOAD, EventKind.CD4}
    return event.raw if measured else event.label or event.raw


def when_text(event: Event, t: Words) -> str:
    """The date or period of a fact, no more exact than it was written; empty where none was."""
    first, _, last = event.dated.partition("/")
    start = written_day(first, event.start, t)
    end = written_day(last, event.end, t)
    if not end or end == start:
        return start
    return t("table.from-to", start=start, end=end) if start else t("table.until", end=end)


def written_day(written: str, day: date | None, t: Words) -> str:
    """A date as exactly as it was written: `2021-03` stays a month and never becomes its first day."""
    found = _WRITTEN.fullmatch(written)
    if day is None or (written and not found):
        return written[:_LONGEST_DATE]
    if not found or found[3]:
        return t.day(day)
    return t.month(day) if found[2] else found[1]


def cautions(flags: Iterable[str], t: Words) -> tuple[str, ...]:
    """What a clinician should know before trusting a reading; flags about mere spelling say nothing."""
    return tuple(t(f"flag.{flag}") for flag in flags if t.knows(f"flag.{flag}"))


def _viral_load(result: ViralLoad, event: Event, t: Words) -> str:
    interval = result.copies_per_ml
    if result.value_copies_per_ml is not None and interval.lower is not None:
        return t("value.copies", n=t.number(int(result.value_copies_per_ml)))
    if interval.lower == 0:
        return t("value.copies", n=f"< {t.number(int(interval.upper))}") if interval.upper else t("value.unseen")
    if interval.lower is not None and interval.upper is None:
        return t("value.copies", n=f"≥ {t.number(int(interval.lower))}")
    return event.raw


def _cd4(interval: Interval, event: Event, t: Words) -> str:
    key = "value.percent" if "%" in event.unit else "value.cells"
    lower, upper = interval.lower, interval.upper
    if lower is not None and upper is not None and upper - lower <= 1:
        return t(key, n=t.number(float(lower)))
    if lower == 0 and upper is not None:
        return t(key, n=f"< {t.number(float(upper))}")
    if lower is not None and upper is None:
        return t(key, n=f"≥ {t.number(float(lower))}")
    return event.raw
