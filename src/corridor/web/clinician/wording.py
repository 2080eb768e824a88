"""Facts in words: values with their unit, dates as exactly as they were written, cautions as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.rules.asked import asked
from corridor.domain.care.timeline import Span
from corridor.domain.care.viral_load import ViralLoad
from corridor.web.language import Words

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?")
_CODE = re.compile(r"[\d-]*")
_LONGEST_DATE = 60
_LONG_DAYS = 60
_BAND_YEARS = 5
_OLDEST = 120
_DAYS_PER_MONTH = 30.44
_UNITS = {
    "{Log_copies}/mL": "unit.log-copies",
    "{copies}/mL": "unit.copies",
    "{Copies}/mL": "unit.copies",
    "{cells}/uL": "unit.cells",
}
"""Codes that laboratories write where a unit in words was wanted. Source: UCUM, https://ucum.org."""


def duration(days: int, t: Words) -> str:
    """A length of time as one says it: days up to two months, then months, then years with the months that remain."""
    if days < _LONG_DAYS:
        return t.count("duration.days", days)
    years, months = divmod(round(days / _DAYS_PER_MONTH), 12)
    parts = [t.count(f"duration.{unit}", number) for unit, number in (("years", years), ("months", months)) if number]
    return t("duration.and", years=parts[0], months=parts[1]) if len(parts) > 1 else parts[0]


def age_band(birth: str, today: date, t: Words) -> str:
    """Five years of age that the person is in, so that the page names nobody; empty where no birth is known."""
    found = _WRITTEN.fullmatch(birth)
    if not found or not 0 <= (age := _age(found, today)) <= _OLDEST:
        return ""
    first = age - age % _BAND_YEARS
    return t("age.band", first=first, last=first + _BAND_YEARS - 1)


def _age(birth: re.Match[str], today: date) -> int:
    """Completed years; of a birth told less exactly, the most that they can be."""
    month, day = int(birth[2] or 1), int(birth[3] or 1)
    return today.year - int(birth[1]) - ((today.month, today.day) < (month, day))


def as_written(text: str, t: Words) -> str:
    """A text as it came, with the codes of units in words: `{copies}/mL` is for machines."""
    for code, key in _UNITS.items():
        text = text.replace(code, t(key))
    return text


def says_the_same(raw: str, value: str) -> bool:
    """Whether two texts differ by their spaces only, as `148000 copias/mL` and `148 000 copias/mL` do."""
    return "".join(raw.split()) == "".join(value.split())


def value_text(event: Event, t: Words) -> str:
    """What to read of a fact: the drugs, the measured value, or the text as it came; empty where nothing crossed."""
    if isinstance(event.value, ViralLoad):
        return _viral_load(event.value, event, t)
    if isinstance(event.value, Interval) and event.kind is EventKind.CD4:
        return _cd4(event.value, event, t)
    if event.genotype is not None and event.genotype.sequenced:
        return t("value.genotype", genes=", ".join(sorted(event.genotype.sequenced)))
    if event.kind in {EventKind.VIRAL_LOAD, EventKind.CD4}:
        return as_written(event.raw, t)
    return _other(event, t)


def _other(event: Event, t: Words) -> str:
    """What was measured or found, by its name, with the value beside it where there is one."""
    known = asked().tests.get(event.about)
    label = known.name.said(t.language) if known and _CODE.fullmatch(event.label) else event.label
    told = event.kind is EventKind.OTHER and event.raw and event.raw != event.label
    return f"{label}: {as_written(event.raw, t)}" if told else label or event.raw


def when_text(event: Event, t: Words) -> str:
    """The date or period of a fact, no more exact than it was written; empty where none was."""
    first, _, last = event.dated.partition("/")
    start = written_day(first, event.start, t)
    end = written_day(last, event.end, t)
    if not end or end == start:
        return start
    return t("table.from-to", start=start, end=end) if start else t("table.until", end=end)


def began_text(span: Span, t: Words) -> str:
    """The first day of a regimen, no more exact than the record that tells it; empty where none does."""
    told = (event for event in span.events if event.start == span.start)
    written = next((event.dated.partition("/")[0] for event in told), "")
    return written_day(written, span.start, t) if span.start else ""


def ended_text(span: Span, t: Words) -> str:
    """The last day of a regimen, no more exact than the record that tells it; empty where none does."""
    told = (event for event in span.events if event.end == span.end and not event.reckoned)
    written = next((event.dated.partition("/")[2] for event in told), "")
    return written_day(written, span.end, t) if span.end else ""


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
    return as_written(event.raw, t)


def _cd4(interval: Interval, event: Event, t: Words) -> str:
    key = "value.percent" if "%" in event.unit else "value.cells"
    lower, upper = interval.lower, interval.upper
    if lower is not None and upper is not None and upper - lower <= 1:
        return t(key, n=t.number(float(lower)))
    if lower == 0 and upper is not None:
        return t(key, n=f"< {t.number(float(upper))}")
    if lower is not None and upper is None:
        return t(key, n=f"≥ {t.number(float(lower))}")
    return as_written(event.raw, t)
