"""Failure of treatment by WHO's definitions, each with what proves it.

Virological failure: two viral loads in a row of 1000 copies/mL or more, at least three months apart, with support for
adherence after the first, in somebody who has taken the treatment for six months or longer. Immunological failure in
adults: CD4 that stays below 100 cells per microlitre. Clinical failure: a new stage 4 condition after six months of
effective treatment. What cannot tell, such as `<839` or a result without a unit, proves nothing and breaks the row.

Source: WHO, Consolidated guidelines on HIV prevention, testing, treatment, service delivery and monitoring, 2021,
chapter 4, definitions of clinical, immunological and virological failure; restated in our words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from corridor.domain.care.event import Event
from corridor.domain.care.lexicon import fold
from corridor.domain.care.measures import cells_per_ul, stage_number
from corridor.domain.care.standing_values import Certainty, Failure, FailureKind
from corridor.domain.care.suppression import dated_results, suppressed
from corridor.domain.care.sweep import TOLERATED_DAYS
from corridor.domain.care.taken import anchors, months_after, on, since, treatments
from corridor.domain.care.timeline import Span, Timeline

FAILURE_COPIES_PER_ML = 1000
APART_MONTHS = 3
TAKEN_MONTHS = 6
FAILURE_CELLS_PER_UL = Decimal(100)

_LAST_STAGE = 4
_SUPPORT = re.compile(r"adherencia|adherence|aderencia|adesao|counsel|consejeria")
_STATED = re.compile(
    r"(?:fracaso|falla|falha|failure)\W+(?:\w+\W+){0,2}?(virolog|inmunol|imunol|clinic)|"
    r"(virolog|immunolog|clinic)\w*\W+(?:\w+\W+)?failure"
)
_KINDS = {"v": FailureKind.VIROLOGICAL, "i": FailureKind.IMMUNOLOGICAL, "c": FailureKind.CLINICAL}


def failures(care: Timeline) -> tuple[Failure, ...]:
    """Every failure that is stated or that results prove, oldest first, undated last."""
    found = [*_virological(care), *_immunological(care), *_clinical(care), *_stated(care)]
    return tuple(sorted(found, key=lambda each: (each.on or date.max, each.kind, each.certainty)))


def _virological(care: Timeline) -> Iterator[Failure]:
    """One failure for each row of high results on one anchor drug: later results of the row prove nothing new."""
    row: list[Event] = []
    failed: frozenset[str] = frozenset()
    for event in dated_results(care):
        if suppressed(event, FAILURE_COPIES_PER_ML) is not False:
            row, failed = [], frozenset()
            continue
        row.append(event)
        found = next((each for first in row[:-1] if (each := _proven(care, first, event))), None)
        own = anchors(found.regimen) if found and found.regimen else frozenset()
        if found and not own & failed:
            failed = own
            yield found


def _proven(care: Timeline, first: Event, second: Event) -> Failure | None:
    """The failure that two high results prove, or None where a condition of the definition is not known to hold."""
    taken = _taken(care, second.start)
    if taken is None or first.start is None or second.start is None:
        return None
    span, start, sure = taken
    apart = second.start >= months_after(first.start, APART_MONTHS)
    if not apart or first.start < months_after(start, TAKEN_MONTHS):
        return None
    support = next(
        (
            each
            for each in care.others
            if _is_support(each) and each.start and first.start <= each.start <= second.start
        ),
        None,
    )
    certainty = Certainty.RECKONED if sure else Certainty.INFERRED
    return Failure(FailureKind.VIROLOGICAL, second.start, (first, second), certainty, span, start, support)


def _taken(care: Timeline, day: date | None) -> tuple[Span, date, bool] | None:
    """The regimen of a day, since when its anchor was taken, and whether the day lies in what was told or reckoned."""
    if day is None or any(gap.start < day < gap.end and gap.days > TOLERATED_DAYS for gap in care.gaps):
        return None
    spans = treatments(care)
    span = on(spans, day)
    if span is None:
        return None
    start = since(spans, span, same_anchor=True)
    known_until = span.until or span.seen
    return None if start is None else (span, start, known_until is not None and day <= known_until)


def _is_support(event: Event) -> bool:
    return event.counts and bool(_SUPPORT.search(fold(f"{event.label} {event.raw}")))


def _immunological(care: Timeline) -> Iterator[Failure]:
    """Two counts in a row below 100, both after six months of treatment; once for each row."""
    counts = [event for event in care.cd4s if event.counts and event.start and cells_per_ul(event)]
    failing = False
    for first, second in pairwise(counts):
        low = _is_low(first) and _is_low(second) and first.start != second.start
        taken = _taken(care, second.start) if low else None
        if taken and not failing and first.start and first.start >= months_after(taken[1], TAKEN_MONTHS):
            failing = True
            yield Failure(FailureKind.IMMUNOLOGICAL, second.start, (first, second), Certainty.INFERRED, *taken[:2])
        failing = failing and low


def _is_low(event: Event) -> bool:
    cells = cells_per_ul(event)
    return cells is not None and cells.below(FAILURE_CELLS_PER_UL) is True


def _clinical(care: Timeline) -> Iterator[Failure]:
    """Stage 4 after six months of treatment where an earlier record of that treatment tells a lower stage."""
    stages = [event for event in care.others if event.counts and event.start and event.about == "who-stage"]
    for first, second in pairwise(stages):
        numbers = stage_number(first), stage_number(second)
        taken = (
            _taken(care, second.start)
            if numbers[1] == _LAST_STAGE and (numbers[0] or _LAST_STAGE) < _LAST_STAGE
            else None
        )
        if taken and second.start and second.start >= months_after(taken[1], TAKEN_MONTHS):
            yield Failure(FailureKind.CLINICAL, second.start, (first, second), Certainty.INFERRED, *taken[:2])


def _stated(care: Timeline) -> Iterator[Failure]:
    events: Sequence[Event] = (*care.others, *care.regimen_events)
    for event in events:
        match = _STATED.search(fold(f"{event.label} {event.raw} {event.reason}")) if event.counts else None
        if match:
            kind = _KINDS[(match[1] or match[2])[0]]
            span = on(treatments(care), event.start) if event.start else None
            yield Failure(kind, event.start, (event,), Certainty.STATED, span)
