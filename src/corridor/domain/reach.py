"""Which types of resource a search looks into beside the one that it finds."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.principal import Principal
from corridor.domain.query import ChainCriterion, CompositeCriterion, Criterion, HasCriterion, Include, Query

_EVERY = "*"
_FURTHER = frozenset({ChainCriterion, HasCriterion, CompositeCriterion})
"""Criteria that may look into other types."""


def check_search(principal: Principal, query: Query) -> None:
    """Let pass a search of nothing but what its role may search: whom a match refers to tells as much as a match.

    Raises:
        ForbiddenError: the role may not search one of the types.
    """
    for resource_type in sorted(types_reached(query)) if _goes_further(query) else (query.resource_type,):
        check_access(principal, Interaction.SEARCH, resource_type)


def _goes_further(query: Query) -> bool:
    return bool(query.includes) or not _FURTHER.isdisjoint([type(each) for each in query.criteria])


def types_reached(query: Query) -> frozenset[str]:
    """The type that is sought, those that its criteria follow references to or from, and those named to be included."""
    found = {query.resource_type}
    for criterion in query.criteria:
        found |= _reached(criterion)
    for include in query.includes:
        found |= _included(include)
    return frozenset(found)


def _reached(criterion: Criterion) -> set[str]:
    if isinstance(criterion, ChainCriterion):
        return {*criterion.target_types} | _reached(criterion.criterion)
    if isinstance(criterion, HasCriterion):
        return {criterion.source_type} | _reached(criterion.criterion)
    if isinstance(criterion, CompositeCriterion):
        return {each for parts in criterion.any_of for part in parts for each in _reached(part)}
    return set()


def _included(include: Include) -> set[str]:
    return {include.source_type, include.target_type} - {"", _EVERY}
