"""What is known of a person now, as far as rules of safety ask for it; what was not told is unknown, never normal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.timeline import Span


class Answer(StrEnum):
    """The answer of a test that has no number."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"


class View(StrEnum):
    """Which regimen the rules look at."""

    PLANNED = "planned"
    CURRENT = "current"
    LAST = "last"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the rules are asked for; every part may be unknown.

    Attributes:
        sex: `female` or `male` where all records agree, else None.
        born_from: earliest day of birth; the first of January where only a year is known.
        born_until: latest day of birth.
    """

    sex: str | None = None
    born_from: date | None = None
    born_until: date | None = None

    def age_years(self, on: date) -> tuple[int | None, int | None]:
        """The oldest and the youngest that the person may be on a day, in whole years; None where unknown."""
        return _years(self.born_from, on), _years(self.born_until, on)


def _years(born: date | None, on: date) -> int | None:
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Result:
    """One result of one test, with the record that told it.

    Attributes:
        on: day of the test, or None where it is unknown.
        answer: of a test without a number.
        amount: of a test with one, in the unit of the test (`egfr` mL/min/1.73 m2, `cd4` cells/uL,
            `viral_load` copies/mL, `creatinine` mg/dL, `weight` kg, `who_stage` 1 to 4).
    """

    on: date | None
    event: Event
    answer: Answer | None = None
    amount: Interval | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that rules of safety may ask.

    Attributes:
        today: the day for which it holds.
        span: the regimen that began last, or None where none was told.
        before: the regimen before it, or None.
        current: whether `span` is being taken; None where nobody can tell.
        gap_days: days since the last recorded day of treatment; None where it goes on or is unknown.
        planned: components that the clinician considers, or None where no plan was given.
        drugs: other medicines now, by the name that rules use (`rifampicin`, `metformin` …), with their records.
        conditions: conditions now, by the name that rules use (`pregnancy`, `active TB` …), with their records.
        allergies: abbreviations of antiretrovirals not tolerated, with their records.
        results: by test (`hbsag`, `hla-b5701`, `egfr`, `cd4`, `viral_load`, `weight`, `pregnancy` …), newest first.
        unread: records of medicines that could not be read, so that nothing could be checked against them.
        resistance: by drug class the highest level of resistance known or inferred (HIVdb 1 to 5), or empty.
    """

    today: date
    person: Person
    span: Span | None
    before: Span | None
    current: bool | None
    gap_days: int | None
    planned: frozenset[str] | None
    drugs: Mapping[str, tuple[Event, ...]]
    conditions: Mapping[str, tuple[Event, ...]]
    allergies: Mapping[str, tuple[Event, ...]]
    results: Mapping[str, tuple[Result, ...]]
    unread: tuple[Event, ...]
    resistance: Mapping[str, int]

    @property
    def view(self) -> View:
        """Which regimen the rules look at: the plan, else what is taken, else what was taken last."""
        if self.planned is not None:
            return View.PLANNED
        if self.span is None or not self.span.components:
            return View.UNKNOWN
        return View.LAST if self.current is False else View.CURRENT

    @property
    def regimen(self) -> frozenset[str] | None:
        """The components that the rules look at, or None where they are unknown."""
        if self.planned is not None:
            return self.planned
        return frozenset(self.span.components) if self.span is not None and self.span.components else None
