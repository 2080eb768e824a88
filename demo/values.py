"""What the invented people are made of: papers, what a clerk wrote, care, consents, registrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LAST_DAY = date(2026, 10, 31)
"""Nothing in the demo's histories happened after this day."""


class Outcome(StrEnum):
    """What the person's story shows; `CATALOGUE` says it in a sentence."""

    STORY = "story"
    BY_NAMES = "by-names"
    BY_PAPER = "by-paper"
    WITHDRAWN_ABROAD = "withdrawn-abroad"
    WITHDRAWN_HERE = "withdrawn-here"
    REFUSED_ABROAD = "refused-abroad"
    EXPIRED = "expired"
    NO_CONSENT = "no-consent"
    LIMITED = "limited"
    SIBLING = "sibling"
    TWIN = "twin"
    UNRESOLVABLE = "unresolvable"


CATALOGUE: dict[Outcome, str] = {
    Outcome.STORY: "Caracas, Bogotá, Quito, Lima: third line, no paper in common, found by names and birth date.",
    Outcome.BY_NAMES: "Found by names and birth date although each border wrote them differently.",
    Outcome.BY_PAPER: "Found by a passport or cédula that was shown in every country.",
    Outcome.WITHDRAWN_ABROAD: "Consented where the person is now, but withdrew in an earlier country.",
    Outcome.WITHDRAWN_HERE: "Withdrew where the person is now: the pull is refused before anything is asked.",
    Outcome.REFUSED_ABROAD: "Refused all sharing in an earlier country; that denial wins over a later consent.",
    Outcome.EXPIRED: "The consent ran out: the pull is refused.",
    Outcome.NO_CONSENT: "Was never asked for consent: the pull is refused.",
    Outcome.LIMITED: "Consents to regimens and viral loads, and denies tuberculosis.",
    Outcome.SIBLING: "Two siblings with the same surnames on one road: their histories must not mix.",
    Outcome.TWIN: "Twins with the same surnames and birth date: their histories must not mix.",
    Outcome.UNRESOLVABLE: "A nickname, the other surname and a wrong year of birth: nobody can say who this is.",
}
"""Each outcome in one sentence."""


class PaperKind(StrEnum):
    """Papers that people on the road carry, by the short name that clerks use."""

    CEDULA = "cedula"
    PASSPORT = "passport"
    PPT = "ppt"
    CE = "ce"
    PTP = "ptp"
    CPP = "cpp"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: who issued it and its number as printed."""

    issuer: str
    kind: PaperKind
    number: str


@dataclass(frozen=True, slots=True)
class Written:
    """A person as one country's clerk wrote them down.

    Attributes:
        birth: `YYYY-MM-DD`, or only `YYYY` where nobody knew more.
        gender: AdministrativeGender code.
    """

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    birth: str
    gender: str
    papers: tuple[Paper, ...]
    city: str
    phone: str


class ResultKind(StrEnum):
    """What was measured."""

    VIRAL_LOAD = "viral-load"
    CD4 = "cd4"
    WEIGHT = "weight"
    GENOTYPE = "genotype"
    CREATININE = "creatinine"
    SPUTUM = "sputum"


@dataclass(frozen=True, slots=True)
class Regimen:
    """Medicines taken together from one day to another.

    Attributes:
        products: keys of `demo.drugs.PRODUCTS`.
        end: last day, or None while it goes on.
        stopped: why it ended, in the clinic's words; empty while it goes on.
        line: what the clinic called it: 1, 2 or 3; 0 for tuberculosis.
    """

    products: tuple[str, ...]
    start: date
    end: date | None
    stopped: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """One result: a number in the usual unit, or text for a genotype; 0 copies means not detected."""

    kind: ResultKind
    on: date
    number: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Care:
    """What one country's clinic did and saw, each in order of time."""

    regimens: tuple[Regimen, ...]
    results: tuple[Result, ...]
    visits: tuple[date, ...]
    allergies: tuple[str, ...]
    tuberculosis_on: date | None
    diagnosed_on: date


class AgreementKind(StrEnum):
    """What the person said about sharing."""

    GIVEN = "given"
    LIMITED = "limited"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One consent or refusal as it was signed.

    Attributes:
        countries: which countries may receive; empty for a refusal.
        end: last day that it holds.
    """

    kind: AgreementKind
    countries: tuple[str, ...]
    on: date
    end: date


@dataclass(frozen=True, slots=True)
class Registration:
    """One person in one country's register.

    Attributes:
        id: logical id of the Patient there.
    """

    country: str
    id: str
    written: Written
    care: Care
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One invented migrant; the last registration is where the person is now."""

    number: int
    outcome: Outcome
    registrations: tuple[Registration, ...]

    @property
    def here(self) -> Registration:
        """Where the person is now and a clinician would ask."""
        return self.registrations[-1]

    @property
    def elsewhere(self) -> tuple[Registration, ...]:
        """The countries that the person came through, in order of the road."""
        return self.registrations[:-1]
