"""Where a person's treatment stands: the values that the page, the rules and the plan are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.timeline import Span


class Certainty(StrEnum):
    """How sure a fact is: somebody wrote it, it was counted from what they wrote, or it is only likely."""

    STATED = "stated"
    RECKONED = "reckoned"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CurrentRegimen:
    """The regimen that began last.

    Attributes:
        since: first day on which the same HIV drugs are told without an interruption, in any country.
        ended: last day of treatment with it, or None where no end is known.
        end_known: `stated`, `reckoned` from a supply, `inferred` from another regimen after it, or `unknown`.
        goes_on: whether it is taken today; False where a record says that it is over, even without a day; None where
            the records cannot tell.
    """

    span: Span
    since: date | None
    ended: date | None
    end_known: Certainty
    goes_on: bool | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """The last viral load, and what it says at each threshold; None where the result cannot tell.

    Attributes:
        event: the latest viral load that happened, read or not.
        age_days: days from the result to today; None where it has no date.
        below_50: undetectable for WHO.
        below_200: suppressed in the United States' and many Latin American guidelines.
        below_1000: suppressed for WHO's and PEPFAR's reports.
    """

    event: Event
    age_days: int | None
    below_50: bool | None
    below_200: bool | None
    below_1000: bool | None


@dataclass(frozen=True, slots=True)
class Rebound:
    """Viral load at or above a threshold after one that was surely below it.

    Attributes:
        before: the last result that was surely below.
        first: the first result that is surely at or above.
        peak: the highest of the episode.
        last: the last result of the episode.
        confirmed: a second result in a row is surely at or above as well; otherwise it may have been a blip.
        ended: the result that is surely below again, or None while nobody told of one.
    """

    threshold_copies_per_ml: int
    before: Event
    first: Event
    peak: Event
    last: Event
    confirmed: bool
    ended: Event | None


class FailureKind(StrEnum):
    """By which of WHO's definitions treatment failed."""

    VIROLOGICAL = "virological"
    IMMUNOLOGICAL = "immunological"
    CLINICAL = "clinical"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of treatment, with what proves it.

    Attributes:
        on: day of the result that completed the proof, or of the record that states it.
        proof: the two results for a virological or immunological failure; one record otherwise.
        certainty: `stated` by a clinician, `reckoned` from results by WHO's definition, or `inferred`.
        regimen: what was taken on that day, or None where nobody told it.
        art_since: first day of the treatment that had gone on until then without interruption.
        support: a record of adherence support between the two results; None where nobody told of any.
    """

    kind: FailureKind
    on: date | None
    proof: tuple[Event, ...]
    certainty: Certainty
    regimen: Span | None = None
    art_since: date | None = None
    support: Event | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """More than 28 days without treatment after the last day that it was told or reckoned for.

    Attributes:
        start: last day of treatment.
        end: first day of treatment after it, or None while it lasts.
        days: from `start` to `end` or to today.
        before: regimen that was interrupted.
        after: regimen that was begun; in another country it may have been on the way there.
        cause: why, as written; empty where nobody told it.
        cause_source: the record that tells the cause.

    Source: PEPFAR MER, TX_ML, interruption in treatment: day 28 is in care, day 29 is not.
    """

    start: date
    end: date | None
    days: int
    before: Span | None
    after: Span | None
    cause: str = ""
    cause_source: Event | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Proportion of days covered: days on which every drug of the regimen was at hand, early refills carried over.

    Attributes:
        start: first day of the window, or of the first supply in it.
        end: last day of the window.
        covered_days: of these days.
        supplies: the hand-overs that it is counted from.
    """

    start: date
    end: date
    covered_days: int
    supplies: tuple[Event, ...]

    @property
    def days(self) -> int:
        """Days in the window."""
        return (self.end - self.start).days + 1

    @property
    def proportion(self) -> float:
        """From 0 to 1."""
        return self.covered_days / self.days


@dataclass(frozen=True, slots=True)
class Supply:
    """What was handed over last.

    Attributes:
        event: the last hand-over of HIV drugs.
        days_since: days from it to today.
        lasts_until: last day for which every drug of it is at hand, early refills carried over; None if unknown.
        days_left: days of medicine left today, 0 when it is used up; None if unknown.
    """

    event: Event
    days_since: int
    lasts_until: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Cd4:
    """CD4 results.

    Attributes:
        count: latest count, in whatever unit it was told.
        cells_per_ul: its cells per microlitre; None where its unit was not told or is not one of cells.
        lowest: the lowest count that is known in cells per microlitre.
        percentage: latest share of lymphocytes.
        percent: its value.
    """

    count: Event | None = None
    cells_per_ul: Interval | None = None
    lowest: Event | None = None
    percentage: Event | None = None
    percent: Interval | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """The last WHO clinical stage; `number` is 1 to 4, or None where it could not be read."""

    event: Event
    number: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person's treatment stands today; what no country told is None or empty.

    Attributes:
        art_since: earliest day on which HIV treatment is told of.
        failures: oldest first.
        interruptions: oldest first; the last one may still last.
        coverage: of the last 365 days; None where no supply with its days was told.
        latest: latest record by what it is about: `weight`, `height`, `creatinine`, `egfr`, `hbsag`, `pregnancy`,
            `haemoglobin`, `alt`, `hla-b5701` and every other group of the lexicon.
    """

    today: date
    regimen: CurrentRegimen | None
    art_since: date | None
    suppression: Suppression | None
    rebounds: tuple[Rebound, ...]
    failures: tuple[Failure, ...]
    cd4: Cd4
    stage: Stage | None
    interruptions: tuple[Interruption, ...]
    coverage: Coverage | None
    supply: Supply | None
    latest: Mapping[str, Event]
