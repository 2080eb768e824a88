"""Which category of consent a resource falls under, by code and by what was written."""

from __future__ import annotations

from typing import Any

from corridor.domain.care.regimen import read_text
from corridor.domain.category import Category
from corridor.fhir.medication import concept_codes, concept_texts, inline_medication, medication_concept, read_concept
from corridor.fhir.sensitivity import of_code, of_text, sensitivity, spoken

Resource = dict[str, Any]

_BY_READING = {"regimen": Category.REGIMEN, "tuberculosis": Category.TUBERCULOSIS}
"""The stricter first."""
_FIXED = {
    "Patient": Category.DEMOGRAPHICS,
    "AllergyIntolerance": Category.ALLERGY,
    "Immunization": Category.IMMUNIZATION,
}


def category(resource: Resource) -> Category:
    """What a consent must permit for a resource to cross, by value sets over codes and by what was written.

    Source: INTEROP section 7: labels are set by value set at write, never by a flag.
    """
    resource_type = resource.get("resourceType")
    if resource_type in _FIXED:
        return _FIXED[str(resource_type)]
    if resource_type in {"Observation", "DiagnosticReport"}:
        return _measured(resource)
    if resource_type == "Condition":
        return _of_concept(resource.get("code"), {Category.TUBERCULOSIS}) or Category.CONDITION
    return _of_drug(resource)


def categories(resource: Resource) -> frozenset[Category]:
    """All that a consent must permit for a resource to leave as it is stored, narrative and notes included."""
    own = category(resource)
    return also(own, {name: each for name, each in resource.items() if name != "meta"}) | {own}


def also(own: Category, said: Any) -> frozenset[Category]:
    """The further categories that a consent must permit, because something in a resource tells of them.

    Args:
        own: the category of the resource.
        said: all of it that leaves, as JSON.
    """
    return spoken(said) - {own} - sensitivity().implied.get(own, frozenset())


def _of_drug(resource: Resource) -> Category:
    """A drug counts by the strictest of its codes and texts; one that only a reference names counts as the regimen."""
    resource = inline_medication(resource)
    if isinstance(resource.get("medicationReference"), dict):
        return Category.REGIMEN
    concept = medication_concept(resource)
    found = {of_code(*pair) for pair in concept_codes(concept)}
    found |= {_BY_READING.get(read_text(text).kind) for text in concept_texts(concept)}
    return next((each for each in _BY_READING.values() if each in found), Category.OTHER)


def _measured(resource: Resource) -> Category:
    """The first of: the code, the codes of the parts, the answer; then laboratory or other."""
    if (found := _of_concept(resource.get("code"))) is not None:
        return found
    parts = [part for part in _rows(resource.get("component")) if isinstance(part, dict)]
    answers = [resource.get("valueCodeableConcept"), {"text": resource.get("valueString")}]
    answers += [{"text": part.get("valueString")} for part in parts]
    for concept in (*(part.get("code") for part in parts), *answers):
        if (found := _of_concept(concept)) is not None:
            return found
    if any(read_concept(answer).kind == "regimen" for answer in answers):
        return Category.REGIMEN
    return Category.LABORATORY if _is_laboratory(resource) else Category.OTHER


def _of_concept(concept: Any, among: set[Category] | None = None) -> Category | None:
    for system, code in concept_codes(concept):
        found = of_code(system, code)
        if found is not None and (among is None or found in among):
            return found
    for text in concept_texts(concept):
        found = of_text(text)
        if found is not None and (among is None or found in among):
            return found
    return None


def _is_laboratory(resource: Resource) -> bool:
    if resource.get("resourceType") == "DiagnosticReport":
        return True
    groups = _rows(resource.get("category"))
    return any(code == "laboratory" for group in groups for _, code in concept_codes(group))


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
