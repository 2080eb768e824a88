"""All genotypes of a person together: what was seen once counts for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from corridor.domain.care.resistance.algorithm import hivdb
from corridor.domain.care.resistance.comments import comments
from corridor.domain.care.resistance.genotype import Gene, Genotype, Mutation, joined
from corridor.domain.care.resistance.interpretation import Finding, Possible, Resistance
from corridor.domain.care.resistance.known import by_apobec, drug_classes
from corridor.domain.care.resistance.scoring import scored


def interpreted(told: Iterable[Genotype], possible: tuple[Possible, ...] = ()) -> Resistance:
    """What genotypes mean together, in whatever order they come.

    Args:
        told: with their country, day and source, where these are known.
        possible: what failing regimens make likely; handed through.
    """
    ordered = tuple(sorted(told, key=age_order))
    sequenced = frozenset(gene for each in ordered for gene in each.sequenced)
    mutations = joined(mutation for each in ordered for mutation in each.mutations)
    drugs = scored(mutations, sequenced, partly={each.gene for each in mutations})
    return Resistance(
        algorithm=hivdb().algorithm,
        drugs=drugs,
        findings=tuple(_findings(ordered)),
        genotypes=ordered,
        unknown=tuple(gene for gene in Gene if gene not in sequenced),
        comments=comments(mutations, drugs),
        unread=tuple((each, unread) for each in ordered for unread in each.unread),
        possible=possible,
    )


def age_order(genotype: Genotype) -> tuple[object, ...]:
    """Sorts oldest first, undated last: a total order, so that the order of arrival changes nothing."""
    said = tuple(mutation.text for mutation in genotype.mutations), tuple(each.text for each in genotype.unread)
    return genotype.on or date.max, genotype.country or "", genotype.source, genotype.dated, *said


def _findings(ordered: Sequence[Genotype]) -> Iterator[Finding]:
    """One for each change, over all reports that name it; a mixture is the change that it holds."""
    seen: dict[tuple[Gene, int, str], list[tuple[Genotype, Mutation]]] = {}
    for genotype in ordered:
        for each in genotype.mutations:
            changed = "".join(letter for letter in each.amino_acids if letter != each.consensus)
            seen.setdefault((each.gene, each.position, changed), []).append((genotype, each))
    for _, reports in sorted(seen.items()):
        yield _finding([genotype for genotype, _ in reports], joined(mutation for _, mutation in reports)[0])


def _finding(reports: Sequence[Genotype], mutation: Mutation) -> Finding:
    days = sorted(each.on for each in reports if each.on is not None)
    return Finding(
        mutation=mutation,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        countries=tuple(sorted({each.country for each in reports if each.country is not None})),
        sources=tuple(dict.fromkeys(each.source for each in reports if each.source)),
        drug_classes=drug_classes(mutation),
        apobec=by_apobec(mutation),
    )
