"""One fact of one person's care, as one country told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.care.interval import Interval
from corridor.domain.care.resistance.genotype import Genotype
from corridor.domain.care.viral_load import ViralLoad
from corridor.domain.country import Country

VOID = frozenset({"entered-in-error", "not-taken", "intended", "cancelled", "declined", "draft"})
"""Status codes of records that say: this did not happen. They are kept and shown, and count for nothing."""


class EventKind(StrEnum):
    """What an event of care is about."""

    REGIMEN = "regimen"
    VIRAL_LOAD = "viral-load"
    CD4 = "cd4"
    TUBERCULOSIS = "tuberculosis"
    RESISTANCE = "resistance"
    CONDITION = "condition"
    ALLERGY = "allergy"
    IMMUNIZATION = "immunization"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of care, from one country.

    Attributes:
        start: first day it may have begun on, or None where no date is known.
        end: last day, or None where it is open or unknown.
        dated: the date as written (`2021-03`), because `start` looks more exact than it is.
        label: what to show, such as `3TC + DTG + TDF`.
        components: abbreviations of the drugs, sorted; empty where none was read.
        flags: what to know before trusting the reading of a regimen.
        value: a viral load, or an interval in `unit`.
        raw: the text as it crossed the border.
        source: `Type/id` of the resource, pseudonymised.
        status: FHIR status code; see `VOID`.
        withheld: part of the text stayed home.
        reckoned: the last day was not told but counted from the supply that was handed over.
        about: group of what was measured or asked, such as `weight`, `creatinine`, `hbsag`, `pregnancy`, `who-stage`,
            `cd4`, `hiv-viral-load`; empty where its code is in no group of the lexicon.
        supply_days: days that the drugs handed over last for, where that was told or follows from the dose.
        reason: why it was started, changed or stopped, as written; empty where nobody told it.
        genotype: what a resistance report says of genes; its own country and day are those of the event.
    """

    country: Country
    kind: EventKind
    label: str
    source: str
    start: date | None = None
    end: date | None = None
    dated: str = ""
    components: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    value: ViralLoad | Interval | None = None
    unit: str = ""
    raw: str = ""
    status: str = ""
    withheld: bool = False
    reckoned: bool = False
    about: str = ""
    supply_days: int | None = None
    reason: str = ""
    genotype: Genotype | None = None

    @property
    def counts(self) -> bool:
        """Whether it happened, as far as the record itself knows."""
        return self.status not in VOID
