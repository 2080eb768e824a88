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
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.lexicon import fold
from corridor.domain.care.measures import cells_per_ul, stage_number
from corridor.domain.care.standing_values import Certainty, Failure, FailureKind
from corridor.domain.care.suppression import dated_results, suppressed
from corridor.domain.care.taken import Taken, Treatment, months_after, on
from corridor.domain.care.timeline import Timeline

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
    taken = Treatment(care)
    found = [*_virological(care, taken), *_immunological(care, taken), *_clinical(care, taken), *_stated(care, taken)]
    return tuple(sorted(found, key=lambda each: (each.on or date.max, each.kind, each.certainty)))


def _virological(care: Timeline, taken: Treatment) -> Iterator[Failure]:
    """One failure for each row of high results on one anchor drug: later results of the row prove nothing new."""
    row: list[Event] = []
    days: list[date] = []
    failed: frozenset[str] = frozenset()
    for event in dated_results(care):
        if event.start is None or suppressed(event, FAILURE_COPIES_PER_ML) is not False:
            row, days, failed = [], [], frozenset()
            continue
        known = taken.on(event.start)
        if known and not known.anchors & failed:
            place = bisect_left(days, months_after(known.since, TAKEN_MONTHS))
            if place < len(row) and event.start >= months_after(days[place], APART_MONTHS):
                failed = known.anchors
                yield _proven(care, (row[place], event), known)
        row.append(event)
        days.append(event.start)


def _proven(care: Timeline, proof: tuple[Event, Event], known: Taken) -> Failure:
    first, second = (event.start or date.min for event in proof)
    support = next(
        (each for each in care.others if each.start and first <= each.start <= second and _is_support(each)), None
    )
    certainty = Certainty.RECKONED if known.sure else Certainty.INFERRED
    return Failure(FailureKind.VIROLOGICAL, second, proof, certainty, known.span, known.since, support)


def _is_support(event: Event) -> bool:
    return event.counts and bool(_SUPPORT.search(fold(f"{event.label} {event.raw}")))


def _immunological(care: Timeline, treatment: Treatment) -> Iterator[Failure]:
    """Two counts in a row below 100, both after six months of treatment; once for each row."""
    counts = [event for event in care.cd4s if event.counts and event.start and cells_per_ul(event)]
    failing = False
    for first, second in pairwise(counts):
        low = _is_low(first) and _is_low(second) and first.start != second.start
        known = treatment.on(second.start) if low and second.start else None
        if known and not failing and first.start and first.start >= months_after(known.since, TAKEN_MONTHS):
            failing = True
            yield _inferred(FailureKind.IMMUNOLOGICAL, (first, second), known)
        failing = failing and low


def _inferred(kind: FailureKind, proof: tuple[Event, Event], known: Taken) -> Failure:
    return Failure(kind, proof[1].start, proof, Certainty.INFERRED, known.span, known.since)


def _is_low(event: Event) -> bool:
    cells = cells_per_ul(event)
    return cells is not None and cells.below(FAILURE_CELLS_PER_UL) is True


def _clinical(care: Timeline, treatment: Treatment) -> Iterator[Failure]:
    """Stage 4 after six months of treatment where an earlier record of that treatment tells a lower stage."""
    stages = [event for event in care.others if event.counts and event.start and event.about == "who-stage"]
    for first, second in pairwise(stages):
        before, after = stage_number(first), stage_number(second)
        worse = before is not None and before < _LAST_STAGE == after
        known = treatment.on(second.start) if worse and second.start else None
        if known and second.start and second.start >= months_after(known.since, TAKEN_MONTHS):
            yield _inferred(FailureKind.CLINICAL, (first, second), known)


def _stated(care: Timeline, treatment: Treatment) -> Iterator[Failure]:
    events: Sequence[Event] = (*care.others, *care.regimen_events)
    for event in events:
        match = _says_failure(f"{event.label} {event.raw} {event.reason}") if event.counts else None
        if match:
            day = event.end if event.kind is EventKind.REGIMEN else event.start  # a regimen fails when it ends
            span = on(treatment.spans, event.start) if event.start else None
            yield Failure(_KINDS[match[0]], day, (event,), Certainty.STATED, span)


@lru_cache(maxsize=4096)
def _says_failure(text: str) -> str | None:
    """By which definition a text says that treatment failed, in a word; None where it says no such thing."""
    match = _STATED.search(fold(text))
    return (match[1] or match[2]) if match else None
