"""Mutations into a score and a level for every drug."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import fsum

from corridor.domain.care.resistance.algorithm import DrugRule, Rules, hivdb
from corridor.domain.care.resistance.comments import changes
from corridor.domain.care.resistance.genotype import Gene, Mutation
from corridor.domain.care.resistance.interpretation import DrugScore
from corridor.domain.care.resistance.rules import Changes


def scored(mutations: Iterable[Mutation], sequenced: Collection[Gene]) -> tuple[DrugScore, ...]:
    """Every drug of HIVdb, by class: with its score where its gene was sequenced, unknown where it was not.

    Args:
        mutations: in any order, also several times; those of one position count together.
        sequenced: genes that were read; a mutation in any other gene counts for nothing.

    Source: Stanford HIVdb, HIVDB 10.2.
    """
    found, rules = changes(mutations), hivdb()
    return tuple(
        _scored(rule, rules, found.get(rule.gene, {}))
        if rule.gene in sequenced
        else DrugScore(rule.drug, rule.drug_class, rule.gene)
        for rule in rules.drugs
    )


def _scored(rule: DrugRule, rules: Rules, found: Changes) -> DrugScore:
    reasons = tuple(sorted(rule.score(found), key=lambda reason: (-abs(reason.points), reason.rule)))
    score = fsum(reason.points for reason in reasons)
    level = next(level for low, level in rule.levels if score >= low)
    return DrugScore(rule.drug, rule.drug_class, rule.gene, score, level, rules.words[level], reasons)
