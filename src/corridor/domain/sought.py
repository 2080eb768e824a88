"""Whom a search is for: the part of it that tells who somebody is."""

from __future__ import annotations

from corridor.domain.query import ChainCriterion, CompositeCriterion, Criterion, HasCriterion, Query

TELLING = frozenset(
    {
        "identifier",
        "family",
        "given",
        "name",
        "phonetic",
        "mothersMaidenName",
        "birthdate",
        "death-date",
        "telecom",
        "phone",
        "email",
        "address",
        "address-city",
        "address-country",
        "address-postalcode",
        "address-state",
    }
)
"""Parameters whose values tell who is sought (INTEROP section 9, row 5)."""

_PERSON = "Patient"


def sought(query: Query) -> str:
    """What stands for the people that a search is for, the same for every page of it; empty where it is for nobody."""
    told = [repr(each) for each in query.criteria if _is_for_somebody(each, query.resource_type)]
    return "\n".join(sorted(told)) if told else ""


def _is_for_somebody(criterion: Criterion, resource_type: str) -> bool:
    if isinstance(criterion, ChainCriterion):
        return any(_is_for_somebody(criterion.criterion, each) for each in criterion.target_types)
    if isinstance(criterion, HasCriterion):
        return _is_for_somebody(criterion.criterion, criterion.source_type)
    if isinstance(criterion, CompositeCriterion):
        return any(_is_for_somebody(part, resource_type) for parts in criterion.any_of for part in parts)
    name, _, modifier = criterion.parameter.partition(":")
    return name in TELLING if resource_type == _PERSON else modifier == "identifier"
