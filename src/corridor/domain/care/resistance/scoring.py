"""Mutations into a score and a level for every drug."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from math import fsum

from corridor.domain.care.resistance.algorithm import DrugRule, Rules, hivdb
from corridor.domain.care.resistance.comments import changes
from corridor.domain.care.resistance.genotype import Gene, Mutation
from corridor.domain.care.resistance.interpretation import DrugScore
from corridor.domain.care.resistance.rules import Changes


def scored(
    mutations: Iterable[Mutation], sequenced: Collection[Gene], *, partly: Collection[Gene] = ()
) -> tuple[DrugScore, ...]:
    """Every drug of HIVdb, by class: with its score where its gene was sequenced, unknown where it was not.

    Args:
        mutations: in any order, also several times; those of one position count together.
        sequenced: genes that were read; a mutation in any other gene counts for nothing.
        partly: genes of which a part was read: a drug is told as weakened where what was found there weakens it, and
            stays unknown otherwise.

    Source: Stanford HIVdb, HIVDB 10.2.
    """
    found = changes(mutations)
    return tuple(_told(rule, found.get(rule.gene, {}), sequenced=sequenced, partly=partly) for rule in hivdb().drugs)


def _told(rule: DrugRule, found: Changes, *, sequenced: Collection[Gene], partly: Collection[Gene]) -> DrugScore:
    unknown = DrugScore(rule.drug, rule.drug_class, rule.gene)
    if rule.gene in sequenced:
        return _scored(rule, hivdb(), found)
    least = _scored(rule, hivdb(), found) if rule.gene in partly else unknown
    return replace(least, at_least=True) if least.active is False else unknown


def _scored(rule: DrugRule, rules: Rules, found: Changes) -> DrugScore:
    reasons = tuple(sorted(rule.score(found), key=lambda reason: (-abs(reason.points), reason.rule)))
    score = fsum(reason.points for reason in reasons)
    level = next(level for low, level in rule.levels if score >= low)
    return DrugScore(rule.drug, rule.drug_class, rule.gene, score, level, rules.words[level], reasons)
