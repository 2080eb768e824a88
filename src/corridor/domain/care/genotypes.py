"""The resistance of one person, from everything that countries told of their care."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.care.exposure import possible_resistance
from corridor.domain.care.resistance.cumulative import age_order, interpreted
from corridor.domain.care.resistance.genotype import Genotype
from corridor.domain.care.resistance.interpretation import Resistance
from corridor.domain.care.timeline import Timeline


def resistance(care: Timeline) -> Resistance:
    """What is known of one person's resistance from everything that countries told.

    Genotypes are added up, whatever their order; of one that its country annulled nothing counts. Drugs of genes that
    nobody sequenced are unknown. What failing regimens make likely is listed apart.

    Source: Stanford HIVdb, HIVDB 10.2 (2026-04-26); CLINICAL section 4.
    """
    told = genotypes(care)
    return interpreted(told, possible_resistance(care, told))


def genotypes(care: Timeline) -> tuple[Genotype, ...]:
    """The genotypes that were told, with their country and day, oldest first, undated last."""
    found = (
        replace(each.genotype, country=each.country, on=each.start, dated=each.dated, source=each.source)
        for each in care.others
        if each.genotype is not None and each.counts
    )
    return tuple(sorted(found, key=age_order))
