"""Whether a resource is about who somebody is or where they are from: that leaves no node, whatever a consent says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    return any(_tells(part) for part in (resource, *_rows(resource.get("component")), *_attached(resource)))


def _tells(part: Resource) -> bool:
    concepts = [concept for name in _CONCEPTS for concept in _rows(part.get(name))]
    if any(pair in never() for concept in concepts for pair in concept_codes(concept)):
        return True
    named = [part[name] for name in _NAMES if isinstance(part.get(name), str)]
    return any(map(says_who, [*named, *(text for concept in concepts for text in concept_texts(concept))]))


def _attached(resource: Resource) -> Iterator[Resource]:
    for content in _rows(resource.get("content")):
        yield from _rows(content.get("attachment"))


def _rows(value: Any) -> list[Resource]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
