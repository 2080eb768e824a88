"""What genotypes mean for drugs: a score and a level for each, and what only a failing regimen suggests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridor.domain.care.resistance.genotype import Gene, Genotype, Mutation, Unread
from corridor.domain.country import Country

ACTIVE_UP_TO = 2
"""Levels 1 and 2 of HIVdb, whose own reading (SIR) of both is susceptible."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """The rules that an interpretation was made with.

    Attributes:
        on: day of the version.
    """

    name: str
    version: str
    on: date


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that counted: `41L AND 215FY`, 10 points; points below zero say that a drug gains."""

    rule: str
    points: float


@dataclass(frozen=True, slots=True)
class DrugScore:
    """How far the mutations seen so far weaken one drug.

    Attributes:
        drug: as HIVdb names it: `3TC`, `DTG`, `DRV/r`; tenofovir is `TDF` in both its forms.
        drug_class: `NRTI`, `NNRTI`, `PI`, `INSTI` or `CAI`.
        score: sum of the rules that count; None where the gene was never sequenced.
        level: 1 susceptible to 5 high-level resistance; None where the gene was never sequenced.
        words: the level in the algorithm's own English words; empty where it is unknown.
        reasons: the rules that made the score, heaviest first.
        at_least: the gene was read in part only; what was found there already weakens the drug this far.
    """

    drug: str
    drug_class: str
    gene: Gene
    score: float | None = None
    level: int | None = None
    words: str = ""
    reasons: tuple[Reason, ...] = ()
    at_least: bool = False

    @property
    def active(self) -> bool | None:
        """Whether it still works by these rules (levels 1 and 2); None where nobody knows."""
        return None if self.level is None else self.level <= ACTIVE_UP_TO


@dataclass(frozen=True, slots=True)
class Finding:
    """One mutation over all genotypes: once seen, it counts for ever.

    Attributes:
        first: day on which it was first seen, where one is known.
        last: day on which it was last seen, where one is known.
        countries: who told it, sorted.
        sources: `Type/id` of the reports, oldest first.
        drug_classes: classes for which HIVdb lists it as a resistance mutation; empty for any other change.
        apobec: it may be the work of APOBEC enzymes on dead virus, so that it proves less than others.
    """

    mutation: Mutation
    first: date | None
    last: date | None
    countries: tuple[Country, ...]
    sources: tuple[str, ...]
    drug_classes: tuple[str, ...] = ()
    apobec: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """What HIVdb says about a mutation or a level that was found; English, as published.

    Attributes:
        drug_class: the class that it is about.
    """

    gene: Gene
    drug_class: str
    text: str


@dataclass(frozen=True, slots=True)
class Possible:
    """A drug that somebody took while treatment failed and no later genotype cleared: inference, never a score.

    Attributes:
        drug: abbreviation of the lexicon.
        drug_class: of the lexicon.
        start: first day of the failing regimen, where it is known.
        on: day of the result that proved the failure.
        country: who told the regimen.
        regimen: as clinicians write it.
    """

    drug: str
    drug_class: str
    start: date | None
    on: date
    country: Country
    regimen: str


@dataclass(frozen=True, slots=True)
class Resistance:
    """Everything that is known of one person's drug resistance, over all genotypes and countries.

    Attributes:
        drugs: every drug of the algorithm, in its order, also those that are unknown.
        findings: mutations by gene and position.
        genotypes: oldest first, undated last.
        unknown: genes that were never sequenced.
        comments: what the algorithm says about what was found.
        unread: what reports say and could not be read, with who told it.
        possible: what failing regimens make likely, for drugs that no genotype speaks of; marked as inference.
    """

    algorithm: Algorithm
    drugs: tuple[DrugScore, ...]
    findings: tuple[Finding, ...] = ()
    genotypes: tuple[Genotype, ...] = ()
    unknown: tuple[Gene, ...] = ()
    comments: tuple[Comment, ...] = ()
    unread: tuple[tuple[Genotype, Unread], ...] = ()
    possible: tuple[Possible, ...] = ()

    @property
    def active(self) -> tuple[DrugScore, ...]:
        """Drugs that still work by these rules: levels 1 and 2."""
        return tuple(each for each in self.drugs if each.active)

    @property
    def weakened(self) -> tuple[DrugScore, ...]:
        """Drugs of levels 3 to 5, most resistant first."""
        found = [each for each in self.drugs if each.active is False]
        return tuple(sorted(found, key=lambda each: (-(each.level or 0), -(each.score or 0))))

    def of(self, drug: str) -> DrugScore | None:
        """The score of a drug by its name in HIVdb, or None where the algorithm does not know it."""
        return next((each for each in self.drugs if each.drug == drug), None)
