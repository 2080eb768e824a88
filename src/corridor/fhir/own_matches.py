"""What a conditional reference finds among the resources that its own transaction writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

from corridor.domain.errors import InvalidError
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
    criteria = _criteria(resource_type, query)
    return {f"{resource_type}/{each.id}" for each in candidates if criteria and _meets(each, criteria)}


def check_alone(made: Mapping[Asked, str], drafts: Iterable[Draft]) -> None:
    """Let pass a transaction that makes one resource for each condition, however the conditions are written.

    Args:
        made: `Type/id` of what is made because nothing stored meets a condition, by that condition.
        drafts: everything that the transaction writes.

    Raises:
        InvalidError: something else in it meets such a condition, so that two would be there afterwards.

    Source: https://hl7.org/fhir/R4/http.html#trules (what is resolved must not overlap)
    """
    if not made:
        return
    types = {resource_type for resource_type, _ in made}
    coded = _by_code(each for each in drafts if each.resource_type in types)
    for (resource_type, query), own in made.items():
        criteria = _criteria(resource_type, query)
        near = [each for key in _codes(resource_type, criteria) for each in coded.get(key, ())]
        if any(f"{resource_type}/{each.id}" != own and _meets(each, criteria) for each in near):
            message = "Two entries write what one condition looks for."
            raise InvalidError(message, ("Bundle.entry.request",))


_Key = tuple[str, str, str]


def _by_code(drafts: Iterable[Draft]) -> Mapping[_Key, list[Draft]]:
    """Drafts by their type, and by a parameter and one of their codes that it finds them by."""
    found: dict[_Key, list[Draft]] = {}
    for draft in drafts:
        for fact in draft.facts:
            if isinstance(fact, TokenFact):
                found.setdefault((draft.resource_type, fact.parameter, fact.code), []).append(draft)
    return found


def _codes(resource_type: str, criteria: Sequence[Criterion]) -> list[_Key]:
    """What is looked for by the first condition that names codes; a code of no draft narrows the search soonest."""
    named = (each for each in criteria if isinstance(each, TokenCriterion) and not each.negated)
    first = next(named, None)
    return [(resource_type, first.parameter, code) for _, code in first.any_of] if first else []


def _criteria(resource_type: str, query: str) -> Sequence[Criterion]:
    return read_search(resource_type, parse_qsl(query, keep_blank_values=True), strict=True).query.criteria


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
