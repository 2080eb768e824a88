"""What a conditional reference finds among the resources that its own transaction writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from corridor.domain.query import Criterion, TokenCriterion
from corridor.domain.record import Draft, TokenFact
from corridor.fhir.prerequisites import Asked
from corridor.fhir.search import read_search


def own_matches(asked: Asked, drafts: Iterable[Draft]) -> set[str]:
    """`Type/id` of every draft that a search by codes and identifiers finds; other searches find stored ones alone.

    Raises:
        CorridorError: the search is not one.

    Source: https://hl7.org/fhir/R4/http.html#trules (conditional references are resolved after the writes)
    """
    resource_type, query = asked
    candidates = [each for each in drafts if each.resource_type == resource_type]
    if not candidates:
        return set()
    criteria = read_search(resource_type, parse_qsl(query, keep_blank_values=True), strict=True).query.criteria
    return {f"{resource_type}/{each.id}" for each in candidates if criteria and _meets(each, criteria)}


def _meets(draft: Draft, criteria: Sequence[Criterion]) -> bool:
    facts = [TokenFact("_id", "", draft.id), *(each for each in draft.facts if isinstance(each, TokenFact))]
    return all(
        isinstance(criterion, TokenCriterion)
        and not criterion.negated
        and any(_fits(criterion, each) for each in facts)
        for criterion in criteria
    )


def _fits(criterion: TokenCriterion, fact: TokenFact) -> bool:
    return fact.parameter == criterion.parameter and any(
        system in {None, fact.system} and code in {"", fact.code} for system, code in criterion.any_of
    )
