"""One person's care in order of time: what was taken where, what was measured, and where treatment paused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from corridor.domain.care.cautions import composition_flags
from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.shorthand import shorthand
from corridor.domain.care.sweep import Course, Stretch, stretches
from corridor.domain.country import Country

_BIOLOGICAL = frozenset({EventKind.VIRAL_LOAD, EventKind.CD4})


@dataclass(frozen=True, slots=True)
class Span:
    """One regimen in one country: the same drugs together, whatever the number of records that say so.

    Attributes:
        components: abbreviations of the HIV drugs, sorted; empty where none was read.
        label: the drugs as clinicians write them, or the words of the record where none was read.
        flags: what to know before trusting the regimen as a whole, sorted.
        start: first day, or None where it is unknown.
        end: last day told, or None where nobody told it.
        until: `end`, or the day before the same country speaks of another regimen; None where neither is known.
        seen: latest day on which a record speaks of it.
        events: the records that speak of it, oldest first; one that outlasts a change of regimen is in both spans.
    """

    country: Country
    components: tuple[str, ...]
    label: str
    flags: tuple[str, ...]
    start: date | None
    end: date | None
    until: date | None
    seen: date | None
    events: tuple[Event, ...]

    @property
    def counts(self) -> bool:
        """Whether it happened; of an annulled record there is a span too, so that it is seen."""
        return self.events[0].counts


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
    """Everything that was told, oldest first, undated last; nothing is left out.

    Attributes:
        spans: regimens.
        gaps: between regimens, where both days are known.
        covered_until: last day of treatment in any country; None where none is known or one has no known end.
        viral_loads: viral loads.
        cd4s: CD4 counts and percentages.
        others: tuberculosis, resistance, conditions, allergies, immunizations and the rest.
    """

    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    covered_until: date | None
    viral_loads: tuple[Event, ...]
    cd4s: tuple[Event, ...]
    others: tuple[Event, ...]

    @property
    def regimen_events(self) -> tuple[Event, ...]:
        """Every record of a regimen once, also where it speaks of two."""
        return tuple({id(event): event for span in self.spans for event in span.events}.values())


def timeline(events: Iterable[Event]) -> Timeline:
    """Put events in order, in whatever order they arrived; nothing is lost, dates that are unknown stay unknown."""
    ordered = sorted(events, key=_order)
    found = _spans([event for event in ordered if event.kind is EventKind.REGIMEN])
    gaps, covered_until = _coverage(found)
    return Timeline(
        spans=found,
        gaps=gaps,
        covered_until=covered_until,
        viral_loads=tuple(event for event in ordered if event.kind is EventKind.VIRAL_LOAD),
        cd4s=tuple(event for event in ordered if event.kind is EventKind.CD4),
        others=tuple(event for event in ordered if event.kind != EventKind.REGIMEN and event.kind not in _BIOLOGICAL),
    )


def _order(event: Event) -> tuple[object, ...]:
    """A total order, so that the order of arrival changes nothing."""
    days = (event.start or date.max, event.end or date.max)
    return (*days, event.country, event.source, event.dated, event.label, event.raw, event.status, str(event.value))


def _spans(events: Iterable[Event]) -> tuple[Span, ...]:
    """Sweep what each country can be read to have said; what cannot be swept stands by itself."""
    swept: defaultdict[Country, list[Event]] = defaultdict(list)
    alone: list[Event] = []
    for event in events:
        if event.counts and event.start is not None and _antiretrovirals(event):
            swept[event.country].append(event)
        else:
            alone.append(event)
    found = [span for own in swept.values() for span in _swept(own)]
    found += [_span(own, _antiretrovirals(own[0])) for own in _alike(alone)]
    return tuple(sorted(found, key=_span_order))


def _antiretrovirals(event: Event) -> frozenset[str]:
    """The components without those for tuberculosis, which are treated beside HIV and not by its regimen."""
    known = lexicon().drugs
    return frozenset(name for name in event.components if name not in known or known[name].family != "tuberculosis")


def _swept(events: Sequence[Event]) -> Iterator[Span]:
    for stretch in stretches([course for event in events for course in _course(event)]):
        yield _span([events[place] for place in stretch.courses], stretch.drugs, stretch)


def _course(event: Event) -> Iterator[Course]:
    if event.start is not None:
        current = event.status == "active"
        yield Course(_antiretrovirals(event), event.start, event.end, reckoned=event.reckoned, current=current)


def _alike(events: Iterable[Event]) -> Iterable[list[Event]]:
    """Records without a first day that name the same drugs and last day are one; the others are never joined."""
    groups: dict[object, list[Event]] = {}
    for place, event in enumerate(events):
        drugs = _antiretrovirals(event)
        same = event.counts and drugs and (event.country, drugs, event.end)
        groups.setdefault(same or place, []).append(event)
    return groups.values()


def _span(events: Sequence[Event], drugs: frozenset[str], stretch: Stretch | None = None) -> Span:
    first = events[0]
    start, end, until = (stretch.start, stretch.end, stretch.until) if stretch else _period(first)
    days = [day for event in events for day in (event.start, event.end) if day is not None]
    seen = [day for day in days if (start is None or start <= day) and (until is None or day <= until)]
    return Span(
        country=first.country,
        components=tuple(sorted(drugs)),
        label=shorthand(drugs) or first.label,
        flags=_flags(events, drugs),
        start=start,
        end=end,
        until=until,
        seen=max(seen, default=start),
        events=tuple(events),
    )


def _period(event: Event) -> tuple[date | None, date | None, date | None]:
    """First day, told end and last day of what stands by itself; a last day before the first one tells nothing."""
    contradictory = event.start is not None and event.end is not None and event.end < event.start
    end = None if contradictory else event.end
    return event.start, end, end


def _flags(events: Iterable[Event], drugs: frozenset[str]) -> tuple[str, ...]:
    """What the records say of themselves, and what follows from the drugs together instead of one by one."""
    own = {flag for event in events for flag in set(event.flags) - set(_composed(event.components))}
    return tuple(sorted(own | set(_composed(drugs))))


def _composed(drugs: Iterable[str]) -> Iterator[str]:
    return composition_flags(tuple(sorted(lexicon().drugs.keys() & set(drugs))))


def _span_order(span: Span) -> tuple[object, ...]:
    return (span.start or date.max, span.until or date.max, span.country, span.label, _order(span.events[0]))


def _coverage(spans: Iterable[Span]) -> tuple[tuple[Gap, ...], date | None]:
    """Days between regimens of any country, and the last day of treatment; no known end covers all that follows."""
    gaps: list[Gap] = []
    covered_until: date | None = None
    for start, until in sorted(_covered(spans)):
        if covered_until is not None and (start - covered_until).days > 1:
            gaps.append(Gap(covered_until, start))
        covered_until = until if covered_until is None else max(covered_until, until)
    return tuple(gaps), None if covered_until == date.max else covered_until


def _covered(spans: Iterable[Span]) -> Iterator[tuple[date, date]]:
    """First and last day of each dated regimen; one whose beginning is unknown covers everything before its end."""
    for span in spans:
        if span.counts and (span.start or span.until):
            start = span.start or date.min
            yield start, max(span.until or date.max, start)
