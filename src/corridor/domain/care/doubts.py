"""What does not fit in a person's records, or could not be read: named, so that nobody takes it for certain."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.situation import Person
from corridor.domain.care.timeline import Timeline
from corridor.domain.care.viral_load import ResultKind, ViralLoad
from corridor.domain.country import Country

_MEASURED = frozenset({EventKind.VIRAL_LOAD, EventKind.CD4})
_BIRTH = re.compile(r"([1-9]\d{3})(?:-(\d{2}))?(?:-(\d{2}))?")
_UNKNOWN = frozenset({"unknown"})
_UNREAD = frozenset({ResultKind.UNREAD, ResultKind.AMBIGUOUS})


class DoubtKind(StrEnum):
    """Why something is not certain."""

    BEFORE_BIRTH = "before-birth"
    ENDS_BEFORE_IT_BEGINS = "ends-before-start"
    FUTURE = "future"
    SEXES = "sexes"
    BIRTHS = "births"
    UNREAD = "unread"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """Sex and birth of the person as one country, or the register here, has them.

    Attributes:
        country: who told it; None for the register of this node.
        sex: administrative gender code of FHIR, empty where unknown.
        birth: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, empty where unknown.
    """

    country: Country | None
    sex: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that does not fit: the records that say it, or the persons that differ."""

    kind: DoubtKind
    events: tuple[Event, ...] = ()
    people: tuple[ToldPerson, ...] = ()


def doubts(care: Timeline, people: Sequence[ToldPerson], *, today: date) -> tuple[Doubt, ...]:
    """Everything that does not fit, what could mislead most first; an empty answer promises nothing.

    Args:
        care: everything that was told.
        people: the person as this register and each country that answered has them.
        today: the day of the pull; what was measured or taken later is an error of somebody's clock or pen.
    """
    events = (*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others)
    return (*_of_people(people), *_of_events([event for event in events if event.counts], people, today))


def person_of(people: Sequence[ToldPerson]) -> Person:
    """Sex and days of birth as far as everybody who told them agrees; a birth told by year is any day of it."""
    sexes = {one.sex for one in people if one.sex in {"female", "male"}}
    years = {one.birth[:4] for one in people if one.birth}
    births = [days for one in people if (days := _days(one.birth))]
    agreed = len(years) == 1 and bool(births)
    return Person(
        sex=sexes.pop() if len(sexes) == 1 else None,
        born_from=max(first for first, _ in births) if agreed else None,
        born_until=min(last for _, last in births) if agreed else None,
    )


def _days(birth: str) -> tuple[date, date] | None:
    """First and last day that a birth may mean, or None where it is no date."""
    found = _BIRTH.fullmatch(birth)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        return first, date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError:
        return None


def _of_people(people: Sequence[ToldPerson]) -> Iterator[Doubt]:
    if len({one.sex for one in people if one.sex not in {"", "unknown"}}) > 1:
        yield Doubt(DoubtKind.SEXES, people=tuple(one for one in people if one.sex))
    if len({one.birth[:4] for one in people if one.birth}) > 1:
        yield Doubt(DoubtKind.BIRTHS, people=tuple(one for one in people if one.birth))


def _of_events(events: Sequence[Event], people: Sequence[ToldPerson], today: date) -> Iterator[Doubt]:
    born = _first_year(people)
    tests: tuple[tuple[DoubtKind, Callable[[Event], bool]], ...] = (
        (DoubtKind.BEFORE_BIRTH, lambda event: event.start is not None and event.start.year < born),
        (DoubtKind.ENDS_BEFORE_IT_BEGINS, lambda event: bool(event.start and event.end and event.end < event.start)),
        (DoubtKind.FUTURE, lambda event: event.start is not None and event.start > today),
        (DoubtKind.UNREAD, _unread),
        (DoubtKind.UNDATED, lambda event: event.start is None and event.end is None),
    )
    for kind, holds in tests:
        found = tuple(event for event in events if holds(event))
        if found:
            yield Doubt(kind, events=found)


def _first_year(people: Iterable[ToldPerson]) -> int:
    """The earliest year of birth that anybody has: what lies before it lies before birth, whoever is right."""
    years = [int(one.birth[:4]) for one in people if one.birth[:4].isascii() and one.birth[:4].isdecimal()]
    return min(years, default=0)


def unread_medicines(care: Timeline) -> tuple[Event, ...]:
    """Records of medicines that happened and in which no medicine could be read: one of them may be for HIV."""
    events = (*care.regimen_events, *care.others)
    return tuple(event for event in events if event.counts and _unread_medicine(event))


def _unread_medicine(event: Event) -> bool:
    if event.components or not event.source.startswith("Medication"):
        return False
    return event.kind is EventKind.REGIMEN or bool(_UNKNOWN & set(event.flags)) or (event.withheld and not event.label)


def _unread(event: Event) -> bool:
    """Whether a medicine is none that is known, or a result says nothing that can be used."""
    if event.kind is EventKind.REGIMEN or event.source.startswith("Medication"):
        return _unread_medicine(event)
    if isinstance(event.value, ViralLoad):
        return event.value.kind in _UNREAD
    if event.kind in _MEASURED:
        return event.value is None
    return not (event.label or event.raw)
