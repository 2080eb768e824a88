"""The latest of what was measured: CD4, WHO stage, weight, creatinine, hepatitis B and the rest, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.lexicon import fold
from corridor.domain.care.standing_values import Cd4, Stage
from corridor.domain.care.timeline import Timeline

_PER_UL = re.compile(
    r"(?:\{?cel[a-z]*\.?\}?s?|\{?cells?\}?|\{?cd4\}?|10\*0|1|#)?\s*/\s*(?:u ?l|mm ?3|mm\^3|mm\*3|microl[a-z]*)"
)
_PER_NL = re.compile(r"(?:10\*3|10\^3|10e3|k|x?10\*3)\s*/\s*(?:u ?l|mm ?3)|(?:10\*9|10\^9|10e9|g)\s*/\s*l")
_PER_L = re.compile(r"(?:10\*6|10\^6|10e6|m)\s*/\s*l")
_STAGE = re.compile(
    r"(?:stage|estadio|estagio|etapa|fase|clinic[oa]|oms|who)\W{0,3}(?:(?:clinic[oa]|oms|who|hiv|vih)\W{0,3}){0,3}"
    r"(iv|i{1,3}|[1-4]|one|two|three|four|uno|dos|tres|cuatro)\b|^\W*(?:t\s*)?(iv|i{1,3}|[1-4])\W*$"
)
_NUMERALS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "one": 1, "two": 2, "three": 3, "four": 4}
_NUMERALS |= {"uno": 1, "dos": 2, "tres": 3, "cuatro": 4}


def latest(care: Timeline) -> Mapping[str, Event]:
    """The latest record of everything that is in a group of the lexicon; an undated one only where no other is."""
    found: dict[str, Event] = {}
    for event in (*care.others, *care.cd4s, *care.viral_loads):
        if event.about and event.counts:
            known = found.get(event.about)
            if known is None or _when(event) > _when(known):
                found[event.about] = event
    return MappingProxyType(found)


def _when(event: Event) -> date:
    return event.start or date.min


def last(events: Iterable[Event]) -> Event | None:
    """The latest; an undated one only where no other is known."""
    return max(events, key=_when, default=None)


def cd4(care: Timeline) -> Cd4:
    """Counts and percentages apart: 14 % of lymphocytes is no count of 14."""
    own = [event for event in care.cd4s if event.counts and event.about in {"", "cd4"}]
    percentages = [event for event in own if is_percentage(event)]
    counts = [event for event in own if not is_percentage(event) and isinstance(event.value, Interval)]
    known = [(cells.lower, event) for event in counts if (cells := cells_per_ul(event)) and cells.lower is not None]
    count, percentage = last(counts), last(percentages)
    return Cd4(
        count=count,
        cells_per_ul=cells_per_ul(count) if count else None,
        lowest=min(known, key=lambda each: (each[0], _when(each[1])))[1] if known else None,
        percentage=percentage,
        percent=percentage.value if percentage and isinstance(percentage.value, Interval) else None,
    )


def is_percentage(event: Event) -> bool:
    """Whether a CD4 result is a share of lymphocytes."""
    return "%" in event.unit or fold(event.unit).startswith(("percent", "porcent"))


def cells_per_ul(event: Event) -> Interval | None:
    """A CD4 count in cells per microlitre; None where its unit is missing or is not one of cells: never guessed."""
    if not isinstance(event.value, Interval):
        return None
    unit = fold(event.unit).strip()
    if _PER_NL.fullmatch(unit):
        return Interval(_thousandfold(event.value.lower), _thousandfold(event.value.upper))
    return event.value if _PER_UL.fullmatch(unit) or _PER_L.fullmatch(unit) else None


def _thousandfold(value: Decimal | None) -> Decimal | None:
    return None if value is None else value * 1000


def stage(care: Timeline) -> Stage | None:
    """The last WHO clinical stage of HIV disease."""
    own = [event for event in care.others if event.counts and event.about == "who-stage"]
    event = last(own)
    return Stage(event, stage_number(event)) if event else None


def stage_number(event: Event) -> int | None:
    """1 to 4, from the answer as written; None where it cannot be read."""
    if isinstance(event.value, Interval) and event.value.lower in {Decimal(each) for each in (1, 2, 3, 4)}:
        return int(event.value.lower or 0)
    match = _STAGE.search(fold(event.raw))
    if match is None:
        return None
    written = match[1] or match[2]
    return _NUMERALS.get(written) or int(written)
