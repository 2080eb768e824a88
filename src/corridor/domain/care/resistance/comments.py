"""What HIVdb says in words about the mutations and levels that were found; English, as published."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corridor.domain.care.resistance.genotype import Gene, Mutation
from corridor.domain.care.resistance.interpretation import Comment, DrugScore
from corridor.domain.care.resistance.known import packaged
from corridor.domain.care.resistance.rules import Changes, Condition, condition

_LISTED = re.compile(r"\$listMutsIn\{(\d+)\(NOT ([A-Zid]+)\)\}")
"""A hole in a comment that the unusual mutations of a position fill."""


@dataclass(frozen=True, slots=True)
class _Remark:
    """One comment and when it is said."""

    comment: Comment
    holds: Condition


def comments(mutations: Iterable[Mutation], scores: Iterable[DrugScore]) -> tuple[Comment, ...]:
    """The comments that apply, in the order in which they are published: by gene, then what a level means.

    Source: hivdb/hivfacts, conditional comments of HIVDB 10.2, public domain.
    """
    found = {(each.gene, each.position): each for each in mutations}
    by_gene = changes(found.values())
    said = [_filled(each.comment, found) for each in _remarks() if each.holds(by_gene.get(each.comment.gene, {}))]
    levels = {(each.drug, each.level) for each in scores}
    return (*said, *(comment for place, comment in _level_remarks() if place in levels))


def changes(mutations: Iterable[Mutation]) -> Mapping[Gene, Changes]:
    """What was found at each position, by gene: the form in which rules ask for it."""
    found: dict[Gene, dict[int, frozenset[str]]] = {}
    for each in mutations:
        own = found.setdefault(each.gene, {})
        own[each.position] = own.get(each.position, frozenset()) | frozenset(each.amino_acids)
    return found


def _filled(comment: Comment, found: Mapping[tuple[Gene, int], Mutation]) -> Comment:
    def listed(match: re.Match[str]) -> str:
        own = found[comment.gene, int(match[1])]
        usual = {*match[2], own.consensus}
        unusual = "".join(letter for letter in own.amino_acids if letter not in usual)
        return Mutation(own.gene, own.position, unusual, own.consensus).text

    return Comment(comment.gene, comment.drug_class, _LISTED.sub(listed, comment.text))


@cache
def _remarks() -> tuple[_Remark, ...]:
    return tuple(_Remark(comment, condition(text)) for comment, text in _published("MUTATION"))


@cache
def _level_remarks() -> tuple[tuple[tuple[str, int], Comment], ...]:
    places = ((text.split("="), comment) for comment, text in _published("DRUGLEVEL"))
    return tuple(((drug, int(level)), comment) for (drug, level), comment in places)


def _published(kind: str) -> Iterator[tuple[Comment, str]]:
    for row in csv.DictReader(packaged("conditional-comments_hiv1.csv").splitlines()):
        if row["conditionType"] == kind:
            yield Comment(Gene(row["gene"]), row["drugClass"], row["text"]), row["condition"]
