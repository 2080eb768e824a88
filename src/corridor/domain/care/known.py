"""From everything that countries told to what rules of safety ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from corridor.domain.care.beside import allergies, conditions, medicines, unread
from corridor.domain.care.results import results
from corridor.domain.care.situation import Person, Situation
from corridor.domain.care.standing_values import Standing
from corridor.domain.care.taken import treatments
from corridor.domain.care.timeline import Span, Timeline

_NOBODY = Person()
_NOTHING: Mapping[str, int] = MappingProxyType({})


def situation(
    care: Timeline,
    standing: Standing,
    *,
    person: Person = _NOBODY,
    planned: Iterable[str] | None = None,
    resistance: Mapping[str, int] = _NOTHING,
) -> Situation:
    """What is known for the day of the standing; what was not told stays unknown.

    Args:
        care: everything that was told.
        standing: where treatment stands on the day that is asked about.
        person: sex and days of birth, as far as they are known.
        planned: abbreviations that the clinician considers; None for no plan.
        resistance: by drug class the highest HIVdb level, 1 to 5, known or inferred; a class that is not there is
            unknown.
    """
    today = standing.today
    span = standing.regimen.span if standing.regimen else None
    gap_days = _gap_days(standing)
    told = [event for event in (*care.regimen_events, *care.others) if event.counts]
    return Situation(
        today=today,
        person=person,
        span=span,
        before=_before(care, span),
        current=_current(standing, gap_days),
        gap_days=gap_days,
        planned=None if planned is None else frozenset(planned),
        drugs=medicines(told, today=today),
        conditions=conditions(told, today=today),
        allergies=allergies(told),
        results=results(care, person),
        unread=unread(told, today=today),
        resistance=resistance,
    )


def _gap_days(standing: Standing) -> int | None:
    open_ones = [pause.days for pause in standing.interruptions if pause.end is None]
    return max(open_ones, default=None)


def _current(standing: Standing, gap_days: int | None) -> bool | None:
    """A gap of more than 28 days after the last day that was told or reckoned for is an interruption (PEPFAR MER)."""
    if standing.regimen is None:
        return None
    return False if gap_days is not None else standing.regimen.goes_on


def _before(care: Timeline, span: Span | None) -> Span | None:
    """The regimen that was begun last before this one."""
    if span is None or span.start is None:
        return None
    earlier = [each for each in treatments(care) if each.start and each.start < span.start and each.components]
    return max(earlier, key=lambda each: (each.start or date.min, each.label), default=None)
