"""One person's care in order of time: what was taken where, what was measured, and where treatment paused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from corridor.domain.care.interval import Interval
from corridor.domain.care.viral_load import ViralLoad
from corridor.domain.country import Country

_TOLERATED = timedelta(days=28)
"""An interruption is a longer silence after the last expected day. Source: MER IIT, CLINICAL section 6."""
_BIOLOGICAL = {"viral-load", "cd4"}


class EventKind(StrEnum):
    """What an event of care is about."""

    REGIMEN = "regimen"
    VIRAL_LOAD = "viral-load"
    CD4 = "cd4"
    TUBERCULOSIS = "tuberculosis"
    RESISTANCE = "resistance"
    CONDITION = "condition"
    ALLERGY = "allergy"
    IMMUNIZATION = "immunization"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of care, from one country.

    Attributes:
        start: first day it may have begun on, or None where no date is known.
        end: last day, or None where it is open or unknown.
        dated: the date as written (`2021-03`), because `start` looks more exact than it is.
        label: what to show, such as `3TC + DTG + TDF`.
        components: abbreviations of the drugs, sorted; empty where none was read.
        flags: what to know before trusting the reading of a regimen.
        value: a viral load, or an interval in `unit`.
        raw: the text as it crossed the border.
        source: `Type/id` of the resource, pseudonymised.
        status: FHIR status code; `entered-in-error` events are kept and counted for nothing.
        withheld: part of the text stayed home.
    """

    country: Country
    kind: EventKind
    label: str
    source: str
    start: date | None = None
    end: date | None = None
    dated: str = ""
    components: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    value: ViralLoad | Interval | None = None
    unit: str = ""
    raw: str = ""
    status: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """One regimen in one country, for as long as records speak of it without another between them.

    Attributes:
        start: earliest known day, or None.
        end: latest known last day, or None where it is open or unknown.
        events: the records that it is made of, oldest first.
    """

    country: Country
    components: tuple[str, ...]
    label: str
    start: date | None
    end: date | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without any recorded regimen, in any country that answered.

    Attributes:
        start: last recorded day of treatment before the gap.
        end: first recorded day of treatment after it.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """Days between the two."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that was told, oldest first, undated last; each event is in exactly one place.

    Attributes:
        spans: regimens.
        gaps: between regimens, where both days are known.
        viral_loads: viral loads.
        cd4s: CD4 counts and percentages.
        others: tuberculosis, resistance, conditions, allergies, immunizations and the rest.
    """

    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    viral_loads: tuple[Event, ...]
    cd4s: tuple[Event, ...]
    others: tuple[Event, ...]


def timeline(events: Iterable[Event]) -> Timeline:
    """Put events in order; nothing is lost, dates that are unknown stay unknown."""
    ordered = sorted(events, key=_order)
    spans = _spans([event for event in ordered if event.kind is EventKind.REGIMEN])
    return Timeline(
        spans=spans,
        gaps=_gaps(spans),
        viral_loads=tuple(event for event in ordered if event.kind is EventKind.VIRAL_LOAD),
        cd4s=tuple(event for event in ordered if event.kind is EventKind.CD4),
        others=tuple(event for event in ordered if event.kind != EventKind.REGIMEN and event.kind not in _BIOLOGICAL),
    )


def _order(event: Event) -> tuple[date, date, str, str]:
    return (event.start or date.max, event.end or date.max, event.country, event.source)


def _spans(events: list[Event]) -> tuple[Span, ...]:
    """Join what one country says of one regimen, until it says something else or treatment paused."""
    open_spans: dict[Country, list[Event]] = {}
    done: list[list[Event]] = []
    for event in events:
        current = open_spans.get(event.country)
        if current is not None and _same(current[-1], event) and not _interrupted(current, event):
            current.append(event)
            continue
        open_spans[event.country] = [event]
        done.append(open_spans[event.country])
    return tuple(sorted((_span(group) for group in done), key=lambda span: span.start or date.max))


def _same(one: Event, other: Event) -> bool:
    """Records speak of one regimen when both were read alike; what was not read is never joined."""
    return bool(one.components) and one.components == other.components and _counts(one) == _counts(other)


def _interrupted(before: list[Event], event: Event) -> bool:
    ends = [one.end for one in before]
    if event.start is None or any(end is None for end in ends):
        return False
    return event.start - max(end for end in ends if end is not None) > _TOLERATED


def _counts(event: Event) -> bool:
    return event.status not in {"entered-in-error", "not-taken"}


def _span(events: list[Event]) -> Span:
    starts = [event.start for event in events if event.start is not None]
    ends = [event.end for event in events if event.end is not None]
    still_open = len(ends) < len(events)
    return Span(
        country=events[0].country,
        components=events[0].components,
        label=events[0].label,
        start=min(starts, default=None),
        end=None if still_open else max(ends, default=None),
        events=tuple(events),
    )


def _gaps(spans: tuple[Span, ...]) -> tuple[Gap, ...]:
    """Days not covered by any regimen; a regimen whose end is unknown covers everything after it."""
    gaps: list[Gap] = []
    covered_until: date | None = None
    for span in spans:
        if span.start is None or not _counts(span.events[0]):
            continue
        if covered_until is not None and span.start > covered_until:
            gaps.append(Gap(covered_until, span.start))
        ends = span.end or date.max
        covered_until = ends if covered_until is None else max(covered_until, ends)
    return tuple(gaps)
