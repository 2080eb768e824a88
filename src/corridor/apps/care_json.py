"""Readings, timelines and standings as the JSON that the command prints; docs/clinical.md describes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.regimen import Reading
from corridor.domain.care.standing_values import Standing
from corridor.domain.care.taken import end_known
from corridor.domain.care.timeline import Span, Timeline
from corridor.domain.care.unread import unread
from corridor.domain.care.viral_load import ResultKind, ViralLoad

_STATED_LIMITS = frozenset({ResultKind.BELOW_LOQ, ResultKind.ABOVE_LOQ})
_DECIMALS = 2


def regimen_json(raw: str, reading: Reading) -> dict[str, Any]:
    """What `corridor regimen read` prints of one text: the HIV drugs; that others stand beside them is a flag."""
    known = lexicon().drugs
    components = [name for name in reading.components if known[name].family == "hiv"]
    beside = {"tuberculosis_drug"} if len(components) < len(reading.components) else set()
    if beside and not components:
        beside.add("not_art")
    return {
        "raw": raw,
        "components": components,
        "flags": sorted({*reading.flags, *beside}),
        "unread": list(reading.unread),
    }


def viral_load_json(raw: str, result: ViralLoad) -> dict[str, Any]:
    """What `corridor viral-load read` prints of one text; limits are those that the laboratory stated."""
    lower, upper = result.copies_per_ml.lower, result.copies_per_ml.upper
    stated = result.kind in _STATED_LIMITS and result.comparator
    return {
        "raw": raw,
        "kind": result.kind,
        "value_copies_ml": _number(result.value_copies_per_ml),
        "comparator": result.comparator or None,
        "lower": _number(lower) if stated else (0 if result.kind is ResultKind.NOT_DETECTED else None),
        "upper": _number(upper) if stated else None,
    }


def timeline_json(care: Timeline, now: Standing) -> dict[str, Any]:
    """What `corridor timeline` prints: everything that was told once, in order, and what it means."""
    every = (*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others)
    return {
        "spans": [_span(span) for span in care.spans],
        "gaps": [{"start": _day(gap.start), "end": _day(gap.end), "days": gap.days} for gap in care.gaps],
        "covered_until": _day(care.covered_until),
        "events": [_event(event) for event in every],
        "unread": [
            {"source": each.event.source, "country": each.event.country, "why": each.why, "raw": each.event.raw}
            for each in unread(care)
        ],
        "standing": _plain(now),
    }


def _span(span: Span) -> dict[str, Any]:
    own = {each.name: getattr(span, each.name) for each in fields(span) if each.name != "events"}
    records = [event.source for event in span.events]
    return {**_plain(own), "end_known": end_known(span), "counts": span.counts, "records": records}


def _event(event: Event) -> dict[str, Any]:
    return {each.name: _plain(getattr(event, each.name)) for each in fields(event)}


def _plain(value: Any) -> Any:
    """Dates as written, intervals as two numbers, a record as its source, a regimen as its drugs and first day."""
    if isinstance(value, Event):
        return value.source
    if isinstance(value, Span):
        return {"country": value.country, "label": value.label, "start": _day(value.start)}
    if isinstance(value, Decimal | date):
        return _number(value) if isinstance(value, Decimal) else value.isoformat()
    return _composed(value)


def _composed(value: Any) -> Any:
    if isinstance(value, ViralLoad):
        return {"kind": value.kind, "comparator": value.comparator or None, **_limits(value.copies_per_ml)}
    if isinstance(value, Interval):
        return _limits(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in _ordered(value)] if isinstance(value, tuple | list | frozenset) else value


def _ordered(values: Collection[Any]) -> Collection[Any]:
    """What has no order in itself is sorted, so that the same history always prints alike."""
    return sorted(values, key=str) if isinstance(values, frozenset) else values


def _limits(interval: Interval) -> dict[str, Any]:
    return {"lower": _number(interval.lower), "upper": _number(interval.upper)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else round(float(value), _DECIMALS)
