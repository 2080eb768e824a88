"""Whether the virus is suppressed, and when it came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from corridor.domain.care.event import Event
from corridor.domain.care.standing_values import Rebound, Suppression
from corridor.domain.care.timeline import Timeline
from corridor.domain.care.viral_load import ResultKind, ViralLoad

THRESHOLDS_COPIES_PER_ML = (50, 200, 1000)
"""Undetectable for WHO; suppressed in clinical guidelines; suppressed in WHO's and PEPFAR's reports."""

_ZERO = Decimal(0)


def suppressed(event: Event, threshold_copies_per_ml: int) -> bool | None:
    """Whether a result lies below a threshold; None where it cannot tell or was not read."""
    return event.value.suppressed(threshold_copies_per_ml) if isinstance(event.value, ViralLoad) else None


def suppression(care: Timeline, *, today: date) -> Suppression | None:
    """The last viral load; a sample that gave no result does not hide the one before it."""
    happened = [event for event in care.viral_loads if event.counts]
    told = [event for event in happened if not _failed(event)] or happened
    last = max(told, key=lambda event: event.start or date.min, default=None)
    if last is None:
        return None
    age_days = (today - last.start).days if last.start else None
    return Suppression(last, age_days, *(suppressed(last, each) for each in THRESHOLDS_COPIES_PER_ML))


def _failed(event: Event) -> bool:
    return isinstance(event.value, ViralLoad) and event.value.kind is ResultKind.NO_RESULT


def dated_results(care: Timeline) -> tuple[Event, ...]:
    """Viral loads that happened on a known day and gave a result, oldest first."""
    return tuple(event for event in care.viral_loads if event.counts and event.start and not _failed(event))


def rebounds(care: Timeline) -> tuple[Rebound, ...]:
    """Every time that the virus came back, for each threshold, by day; what cannot tell begins and ends nothing."""
    results = dated_results(care)
    found = [each for threshold in THRESHOLDS_COPIES_PER_ML for each in _episodes(results, threshold)]
    return tuple(sorted(found, key=lambda each: (each.first.start or date.min, each.threshold_copies_per_ml)))


def _episodes(results: Sequence[Event], threshold: int) -> Iterator[Rebound]:
    before: Event | None = None
    above: list[int] = []
    for place, event in enumerate(results):
        known = suppressed(event, threshold)
        if known is False and before is not None:
            above.append(place)
        if known is True:
            if before is not None and above:
                yield _rebound(results, above, threshold=threshold, before=before, ended=event)
            before, above = event, []
    if before is not None and above:
        yield _rebound(results, above, threshold=threshold, before=before, ended=None)


def _rebound(
    results: Sequence[Event], above: list[int], *, threshold: int, before: Event, ended: Event | None
) -> Rebound:
    episode = [results[place] for place in above]
    return Rebound(
        threshold_copies_per_ml=threshold,
        before=before,
        first=episode[0],
        peak=max(episode, key=_least),
        last=episode[-1],
        confirmed=any(after == place + 1 for place, after in pairwise(above)),
        ended=ended,
    )


def _least(event: Event) -> Decimal:
    return (event.value.copies_per_ml.lower if isinstance(event.value, ViralLoad) else None) or _ZERO
