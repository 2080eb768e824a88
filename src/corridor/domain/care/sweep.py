"""Which drugs were taken together, and from when to when: one country's records of drugs, swept day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from corridor.domain.care.cautions import composition_flags
from corridor.domain.care.lexicon import lexicon

TOLERATED_DAYS = 28
"""A silence or a sliver that is not longer is how records are kept, not how drugs were taken. Source: MER IIT."""

_TOLERATED = 2 * TOLERATED_DAYS
_NEVER = 2 * date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Course:
    """One record of drugs with a beginning.

    Attributes:
        drugs: at least one abbreviation.
        end: last day, or None where none was told; a day before `start` tells nothing.
        reckoned: the last day was not told but counted from what was handed over.
        current: the record says of itself that it goes on.
    """

    drugs: frozenset[str]
    start: date
    end: date | None
    reckoned: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which one set of drugs was taken.

    Attributes:
        end: last day, or None where nobody told it.
        until: `end`, or the day before other drugs took their place; None where nothing did.
        courses: places, in what was given, of the records that speak of these days.
    """

    drugs: frozenset[str]
    start: date
    end: date | None
    until: date | None
    courses: tuple[int, ...]


@dataclass(slots=True)
class _Run:
    """A course on a line of half days: a day begins at an even number, and the odd one after it is its end."""

    drugs: frozenset[str]
    start: int
    stop: int
    untold: bool
    yields: bool


@dataclass(slots=True)
class _Segment:
    drugs: frozenset[str]
    start: int
    stop: int


def stretches(courses: Sequence[Course]) -> tuple[Stretch, ...]:
    """The sets of drugs in order of time; no two stretches share a day, and every course is in at least one.

    A told end is believed. A course whose end was not told, or only reckoned from a supply, ends with the told end of
    the same drugs, or when a record names one of its drugs or a whole regimen together with something new: nobody
    takes the old and the new regimen because the last pick-up of the old one was not used up.
    """
    runs = [_run(course) for course in courses]
    _end_as_told(runs, courses)
    _make_way(runs)
    segments = _without_slivers(_joined(_segments(runs)))
    untold = {run.stop for run in runs if run.untold}
    found = [(segment, segment.stop in untold) for segment in segments]
    return tuple(_stretch(segment, runs, untold=is_untold) for segment, is_untold in found)


def _run(course: Course) -> _Run:
    start = 2 * course.start.toordinal()
    told = course.end is not None and course.end >= course.start
    stop = 2 * course.end.toordinal() + 1 if course.end is not None and told else _NEVER
    return _Run(course.drugs, start, stop, untold=not told, yields=not told or course.reckoned)


def _end_as_told(runs: Sequence[_Run], courses: Sequence[Course]) -> None:
    """Let what has no told end, unless it says that it goes on, end where the same drugs are told to have ended."""
    told: defaultdict[str, list[_Run]] = defaultdict(list)
    for run in sorted((run for run in runs if not run.yields), key=lambda run: run.stop):
        for drug in run.drugs:
            told[drug].append(run)
    for run, course in zip(runs, courses, strict=True):
        ends = [_told_end(told.get(drug, ()), run) for drug in run.drugs]
        if run.yields and all(ends) and not (run.untold and course.current):
            run.stop, run.untold = min(run.stop, max(ends)), False


def _told_end(told: Iterable[_Run], run: _Run) -> int:
    """The first end told of a drug after the run began, or 0; a supply must have been handed over in that time."""
    fits = (one.stop for one in told if one.stop > run.start and (run.untold or one.start <= run.start))
    return next(fits, 0)


def _make_way(runs: Iterable[_Run]) -> None:
    """End what has no told end on the day on which something new takes its place."""
    active: list[_Run] = []
    for day, begun in groupby(sorted(runs, key=lambda run: run.start), key=lambda run: run.start):
        group = list(begun)
        active = [run for run in active if run.stop > day]
        new = frozenset[str]().union(*(run.drugs for run in group))
        if not new.issubset(frozenset[str]().union(*(run.drugs for run in active))):
            whole = _is_whole(new)
            for run in active:
                if run.yields and (whole or run.drugs & new):
                    run.stop = day
        active += group


def _is_whole(drugs: frozenset[str]) -> bool:
    known = tuple(sorted(drugs & lexicon().drugs.keys()))
    return bool(known) and "incomplete_regimen" not in composition_flags(known)


def _segments(runs: Iterable[_Run]) -> Iterator[_Segment]:
    """Between two changes the same drugs are taken."""
    begun: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for run in runs:
        begun[run.start].update(run.drugs)
        begun[run.stop].subtract(run.drugs)
    taken: Counter[str] = Counter()
    for edge, following in pairwise(sorted(begun)):
        taken.update(begun[edge])
        drugs = frozenset(drug for drug, number in taken.items() if number > 0)
        if drugs:
            yield _Segment(drugs, edge, following)


def _joined(segments: Iterable[_Segment]) -> list[_Segment]:
    """Make one of equal sets that a tolerated time parts, in which nothing else was taken."""
    kept: list[_Segment] = []
    for segment in segments:
        place = len(kept) - 1
        while place >= 0 and kept[place].drugs < segment.drugs and segment.start - kept[place].start <= _TOLERATED:
            place -= 1
        if place >= 0 and kept[place].drugs == segment.drugs and segment.start - kept[place].stop <= _TOLERATED:
            kept[place].stop = segment.stop
            del kept[place + 1 :]
        else:
            kept.append(segment)
    return kept


def _without_slivers(segments: list[_Segment]) -> list[_Segment]:
    """Give short remains of a set to the set beside them, and the short overlap of a switch to the new set."""
    kept: list[_Segment] = []
    for place, segment in enumerate(segments):
        before = next((one for one in kept[-1:] if segment.start - one.stop <= 1), None)
        after = next((one for one in segments[place + 1 : place + 2] if one.start - segment.stop <= 1), None)
        if segment.stop - segment.start > _TOLERATED:
            kept.append(segment)
        elif after and (segment.drugs < after.drugs or _is_switch(before, segment, after)):
            after.start = segment.start
        elif before and segment.drugs < before.drugs:
            before.stop = segment.stop
        else:
            kept.append(segment)
    return kept


def _is_switch(before: _Segment | None, segment: _Segment, after: _Segment) -> bool:
    return before is not None and before.drugs != after.drugs and before.drugs | after.drugs == segment.drugs


def _stretch(segment: _Segment, runs: Sequence[_Run], *, untold: bool) -> Stretch:
    speaking = (place for place, run in enumerate(runs) if run.start < segment.stop and segment.start < run.stop)
    until = None if segment.stop == _NEVER else date.fromordinal((segment.stop - 1) // 2)
    return Stretch(
        drugs=segment.drugs,
        start=date.fromordinal((segment.start + 1) // 2),
        end=None if untold else until,
        until=until,
        courses=tuple(speaking),
    )
