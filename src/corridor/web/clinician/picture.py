"""Everything that the page of a history is made of, reckoned once from what the countries told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from corridor.domain.care.alerts import Alert, alerts
from corridor.domain.care.bridging import bridging_draft
from corridor.domain.care.doubts import Doubt, ToldPerson, doubts, person_of
from corridor.domain.care.event import Event
from corridor.domain.care.formulary import BridgingDraft, Formulary, Options
from corridor.domain.care.genotypes import resistance
from corridor.domain.care.known import situation
from corridor.domain.care.options import options
from corridor.domain.care.resistance.interpretation import Resistance
from corridor.domain.care.rules.rule import RuleBook
from corridor.domain.care.standing import standing
from corridor.domain.care.standing_values import Standing
from corridor.domain.care.timeline import Timeline, timeline
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.history import History
from corridor.fhir.events import events
from corridor.fhir.told_people import told_people
from corridor.web.clinician.shelf import PulledHistory

_SUSPECTED_LEVEL = 3
"""What a failing regimen makes likely counts for the rules as low-level resistance, the least that is resistance."""


@dataclass(frozen=True, slots=True)
class Local:
    """What this node knows of its own country.

    Attributes:
        formulary: what the country can give, or None where nobody stated it.
        book: rules of safety as this node reviewed them; the packaged ones where it is None.
    """

    formulary: Formulary | None = None
    book: RuleBook | None = None


NOTHING_LOCAL = Local()


@dataclass(frozen=True, slots=True)
class Picture:
    """One person's care as this node understands it.

    Attributes:
        unreadable: countries whose answer arrived and could not be read.
        alerts: most dangerous first.
        options: how the last regimen can be continued here.
        draft: of a plan to bridge the days until treatment is settled here.
    """

    today: date
    care: Timeline
    unreadable: tuple[Country, ...]
    stand: Standing
    resistance: Resistance
    alerts: tuple[Alert, ...]
    options: Options
    draft: BridgingDraft
    doubts: tuple[Doubt, ...]


def picture(pulled: PulledHistory, local: Local = NOTHING_LOCAL) -> Picture:
    """The picture of a history, with the person as the register here has them, on the day of its pull."""
    history, today = pulled.history, pulled.history.at.date()
    care, unreadable = read(history, pulled.own)
    people = told(pulled)
    stand, resisted = standing(care, today=today), resistance(care)
    known = situation(care, stand, person=person_of(people), resistance=_levels(resisted))
    prior = stand.regimen.span.components if stand.regimen else ()
    found = options(prior, local.formulary, today=today)
    left = stand.supply.days_left if stand.supply else None
    return Picture(
        today=today,
        care=care,
        unreadable=unreadable,
        stand=stand,
        resistance=resisted,
        alerts=alerts(known, book=local.book),
        options=found,
        draft=bridging_draft(known, found, days_left=left, book=local.book),
        doubts=doubts(care, people, today=today),
    )


def read(history: History, own: Sequence[Event] = ()) -> tuple[Timeline, tuple[Country, ...]]:
    """The timeline of everything that can be read, here and abroad, and the countries whose answer cannot."""
    found = list(own)
    unreadable: list[Country] = []
    for answer in history.answers:
        try:
            found += events(answer.entries, answer.country)
        except CorridorError:
            unreadable.append(answer.country)
    return timeline(found), tuple(unreadable)


def told(pulled: PulledHistory) -> Sequence[ToldPerson]:
    """The person as the register here and each country has them."""
    people = [ToldPerson(None, pulled.person.sex, pulled.person.birth)]
    for answer in pulled.history.answers:
        people += told_people(answer.entries, answer.country)
    return people


def _levels(found: Resistance) -> Mapping[str, int]:
    """The highest level of each drug class that a genotype shows or a failing regimen makes likely."""
    levels: dict[str, int] = {}
    for possible in found.possible:
        levels[possible.drug_class] = _SUSPECTED_LEVEL
    for drug in found.drugs:
        if drug.level is not None:
            levels[drug.drug_class] = max(drug.level, levels.get(drug.drug_class, 0))
    return levels
