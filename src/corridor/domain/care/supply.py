"""What was handed over: days covered, days of medicine left, and interruptions of treatment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from corridor.domain.care.event import Event
from corridor.domain.care.lexicon import fold
from corridor.domain.care.standing_values import Certainty, Coverage, Interruption, Supply
from corridor.domain.care.sweep import TOLERATED_DAYS
from corridor.domain.care.taken import end_known, on, treatments
from corridor.domain.care.timeline import Gap, Span, Timeline

WINDOW_DAYS = 365

_HANDED_OVER = "MedicationDispense/"
_DAY = timedelta(days=1)
_BEFORE = timedelta(days=31)
"""A cause may have been written down some weeks before treatment ran out."""
_CAUSE = re.compile(
    r"desabastec|stock.?out|sin stock|rotura de stock|quiebre|falta de med|abandon|toxicid|toxicity|intoleran|efecto"
    r" adverso|adverse|efeito adverso|migra|traslad|viaj|transfer|desist|refus|rechazo|stopped art|suspend|interrup"
    r"|hospital|prision|carcel|costo|perdid|lost to follow"
)
Held = Mapping[str, tuple[tuple[date, date], ...]]


def hand_overs(care: Timeline) -> tuple[Event, ...]:
    """Every hand-over of HIV drugs on a known day, oldest first; the same one told twice by a country counts once."""
    found: dict[object, Event] = {}
    for event in care.regimen_events:
        if event.counts and event.start and event.source.startswith(_HANDED_OVER):
            found.setdefault((event.country, event.start, event.components, event.supply_days), event)
    return tuple(sorted(found.values(), key=lambda event: event.start or date.min))


def held(events: Iterable[Event]) -> Held:
    """For each drug the days [first, after last) on which it was at hand; what was left is used before the next."""
    until: dict[str, date] = {}
    days: defaultdict[str, list[tuple[date, date]]] = defaultdict(list)
    for event in events:
        if event.start is None or not event.supply_days:
            continue
        for drug in event.components:
            first = max(event.start, until.get(drug, event.start))
            until[drug] = first + timedelta(days=event.supply_days)
            days[drug].append((first, until[drug]))
    return {drug: tuple(periods) for drug, periods in days.items()}


def supply(care: Timeline, *, today: date) -> Supply | None:
    """The last hand-over until today, and how long what was handed over lasts."""
    events = [event for event in hand_overs(care) if event.start and event.start <= today]
    if not events or events[-1].start is None:
        return None
    at_hand, drugs = held(events), _drugs(events)
    ends = [at_hand[drug][-1][1] for drug in drugs if drug in at_hand]
    after = min(ends) if ends and len(ends) == len(drugs) else None
    return Supply(
        event=events[-1],
        days_since=(today - events[-1].start).days,
        lasts_until=after - _DAY if after else None,
        days_left=max((after - today).days, 0) if after else None,
    )


def _drugs(events: list[Event]) -> frozenset[str]:
    """The drugs that were handed over on the last day of hand-overs, on one paper or on several."""
    return frozenset(drug for event in events if event.start == events[-1].start for drug in event.components)


def coverage(care: Timeline, *, today: date, window_days: int = WINDOW_DAYS) -> Coverage | None:
    """Days covered in a window that ends today, or begins with the first hand-over in it; None without supplies.

    A day is covered where every drug of the regimen of that day is at hand; after the told end of treatment no drug
    is expected, and the days count as not covered all the same.
    """
    events = tuple(event for event in hand_overs(care) if event.supply_days and event.start and event.start <= today)
    if not events or events[0].start is None:
        return None
    start = max(events[0].start, today - timedelta(days=window_days - 1))
    spans, at_hand = treatments(care), held(events)
    changes = _changes(spans, at_hand, start=start, end=today)
    covered = sum((after - day).days for day, after in pairwise(changes) if _is_covered(day, spans, at_hand))
    return Coverage(start, today, covered, events)


def _changes(spans: Iterable[Span], at_hand: Held, *, start: date, end: date) -> list[date]:
    """The days of a window on which anything changes, with its first day and the day after its last."""
    after = end + _DAY
    days = {day for periods in at_hand.values() for period in periods for day in period}
    days.update(span.start for span in spans if span.start)
    days.update(span.until + _DAY for span in spans if span.until and span.until < date.max)
    return [start, *sorted(day for day in days if start < day < after), after]


def _is_covered(day: date, spans: Sequence[Span], at_hand: Held) -> bool:
    span = on(spans, day) or _outlasted(day, spans)
    drugs = span.components if span else ()
    return bool(drugs) and all(any(first <= day < after for first, after in at_hand.get(drug, ())) for drug in drugs)


def _outlasted(day: date, spans: Sequence[Span]) -> Span | None:
    """The regimen that is told last, where its end was only reckoned: what was left over may outlast it."""
    begun = [span for span in spans if span.start and span.start <= day]
    return begun[-1] if begun and end_known(begun[-1]) is Certainty.RECKONED else None


def interruptions(care: Timeline, *, today: date) -> tuple[Interruption, ...]:
    """Pauses of more than 28 days, in whatever country; a pick-up anywhere ends one.

    Source: PEPFAR MER, TX_ML; WHO 2022 person-centred strategic information guidelines (28 days).
    """
    pauses = [(gap, False) for gap in care.gaps]
    if care.covered_until and care.covered_until < today:
        pauses.append((Gap(care.covered_until, today), True))
    return tuple(_interruption(care, gap, lasts=lasts) for gap, lasts in pauses if gap.days > TOLERATED_DAYS)


def _interruption(care: Timeline, gap: Gap, *, lasts: bool) -> Interruption:
    spans = treatments(care)
    before = next((span for span in reversed(spans) if span.until == gap.start), None)
    after = next((span for span in spans if span.start == gap.end), None)
    source, cause = _cause(care, gap, before)
    return Interruption(
        gap.start, None if lasts else gap.end, gap.days, before, None if lasts else after, cause, source
    )


def _cause(care: Timeline, gap: Gap, before: Span | None) -> tuple[Event | None, str]:
    """The reason on the record that ended, else a record of that time that speaks of a cause."""
    for event in before.events if before else ():
        if event.reason:
            return event, event.reason
    for event in care.others:
        if event.start and gap.start - _BEFORE <= event.start <= gap.end and _CAUSE.search(fold(event.raw)):
            return event, event.raw
    return None, ""
