"""Resistance in words: drug by drug, what is unknown as unknown, what is only likely as inference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corridor.domain.care.resistance.genotype import Genotype
from corridor.domain.care.resistance.interpretation import DrugScore, Finding, Possible, Resistance
from corridor.web.clinician.facts import Source
from corridor.web.clinician.wording import written_day
from corridor.web.language import Words

_MOST_REASONS = 4
_MOST_UNREAD = 8
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Weakened:
    """One drug that resistance weakens; `level` is 3 to 5 of HIVdb."""

    name: str
    level: int
    score: str
    because: str


@dataclass(frozen=True, slots=True)
class Resisted:
    """The section on resistance; every text is empty where there is nothing to say.

    Attributes:
        tests: the genotypes with country and date.
        levels: each level with its drugs, highest first: the table in a few words.
        active: drugs that still work by the rules.
        unknown: drugs of genes that no laboratory read.
        possible: what failing regimens make likely.
        algorithm: which rules, of which version and day.
    """

    tests: str
    sources: tuple[Source, ...]
    weakened: tuple[Weakened, ...]
    levels: tuple[tuple[int, str], ...]
    active: str
    unknown: str
    mutations: str
    possible: tuple[str, ...]
    unread: tuple[str, ...]
    algorithm: str


def resisted(found: Resistance, t: Words) -> Resisted:
    """What is known of resistance, in the reader's language."""
    rules = found.algorithm
    return Resisted(
        tests="; ".join(_test(each, t) for each in found.genotypes),
        sources=tuple(_source(each, t) for each in found.genotypes),
        weakened=tuple(_weakened(each) for each in found.weakened),
        levels=tuple((level, ", ".join(names)) for level in (5, 4, 3) if (names := _of_level(found, level))),
        active=", ".join(each.drug for each in found.active),
        unknown=_unknown(found.drugs) if found.genotypes else "",
        mutations=", ".join(_mutation(each) for each in found.findings if each.drug_classes),
        possible=tuple(_possible(found.possible, t)),
        unread=tuple(
            t("resist.unread", country=_country(test, t), text=said.text[:_LONGEST])
            for test, said in found.unread[:_MOST_UNREAD]
        ),
        algorithm=t("resist.algorithm", name=rules.name, version=rules.version, day=t.day(rules.on)),
    )


def _test(genotype: Genotype, t: Words) -> str:
    genes = ", ".join(sorted(genotype.sequenced)) or t("resist.no-gene")
    day = written_day(genotype.dated.partition("/")[0], genotype.on, t) or t("table.undated")
    return t("resist.test", country=_country(genotype, t), day=day, genes=genes)


def _country(genotype: Genotype, t: Words) -> str:
    return t.name("country", genotype.country) if genotype.country else t("unknown")


def _source(genotype: Genotype, t: Words) -> Source:
    day = written_day(genotype.dated.partition("/")[0], genotype.on, t)
    raw = "; ".join(each.text for each in genotype.mutations)
    return Source(_country(genotype, t), day, t("resist.report"), genotype.source[:120], raw[:600], withheld=False)


def _weakened(each: DrugScore) -> Weakened:
    because = ", ".join(f"{reason.rule} ({reason.points:+g})" for reason in each.reasons[:_MOST_REASONS])
    return Weakened(each.drug, each.level or 0, f"{each.score:g}" if each.score is not None else "", because)


def _mutation(finding: Finding) -> str:
    return f"{finding.mutation.gene} {finding.mutation.text}"


def _unknown(drugs: Sequence[DrugScore]) -> str:
    return ", ".join(each.drug for each in drugs if each.level is None)


def _of_level(found: Resistance, level: int) -> list[str]:
    return [each.drug for each in found.weakened if each.level == level]


def _possible(several: Sequence[Possible], t: Words) -> Iterator[str]:
    """One sentence for each failing regimen, with all its drugs."""
    groups: dict[tuple[object, ...], list[Possible]] = {}
    for each in several:
        groups.setdefault((each.regimen, each.country, each.on), []).append(each)
    for group in groups.values():
        first, drugs = group[0], ", ".join(dict.fromkeys(each.drug for each in group))
        country = t.name("country", first.country)
        yield t("resist.possible-one", drug=drugs, regimen=first.regimen, country=country, day=t.day(first.on))
