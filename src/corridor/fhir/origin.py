"""Whether a resource is about who somebody is or where they are from: that leaves no node, whatever a consent says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor.fhir.concepts import remembered
from corridor.fhir.medication import concept_codes, concept_texts
from corridor.fhir.projection_rules import never, says_who

Resource = dict[str, Any]

_CONCEPTS = ("code", "valueCodeableConcept", "type", "reasonCode", "serviceType")
_NAMES = ("title", "description")
_PERSONAL = frozenset({"Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location"})
"""Types that are about who somebody is by their nature, and have rules of their own."""


def tells_who(resource: Resource) -> bool:
    """Whether a record is about identity, origin, migration or justice, by value set and by the words of its kind.

    A document of such a type counts, whoever wrote it and however they labelled it.

    Source: TRUST, invariant 5; INTEROP section 7.
    """
    if resource.get("resourceType") in _PERSONAL:
        return False
    if _tells(resource):
        return True
    within = [*_rows(resource["component"])] if "component" in resource else []
    within += _attached(resource) if "content" in resource else ()
    return any(map(_tells, within))


def _tells(part: Resource) -> bool:
    for name in _CONCEPTS:
        if name in part and any(map(_is_of_who, _rows(part[name]))):
            return True
    return any(name in part and isinstance(part[name], str) and says_who(part[name]) for name in _NAMES)


@remembered
def _is_of_who(concept: Resource) -> bool:
    codes = never()
    return any(pair in codes for pair in concept_codes(concept)) or any(map(says_who, concept_texts(concept)))


def _attached(resource: Resource) -> Iterator[Resource]:
    for content in _rows(resource.get("content")):
        yield from _rows(content.get("attachment"))


def _rows(value: Any) -> list[Resource]:
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
