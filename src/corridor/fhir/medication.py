"""Medication resources: what they name, and the events of care that they tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor.domain.care.regimen import Reading, read_code, read_text

Resource = dict[str, Any]

MEDICATION_TYPES = frozenset({"MedicationStatement", "MedicationRequest", "MedicationDispense"})
_UNREADABLE = "@"
"""A text that the lexicon never lets through: it crosses as the withheld marker."""

_NOTHING = Reading()


def concept_texts(concept: Any) -> Iterator[str]:
    """The texts of a CodeableConcept as written, most deliberate first: text, displays, codes without a system."""
    if not isinstance(concept, dict):
        return
    codings = _codings(concept)
    candidates = [concept.get("text"), *[coding.get("display") for coding in codings]]
    candidates += [coding.get("code") for coding in codings if "system" not in coding]
    for text in candidates:
        if text and isinstance(text, str):
            yield text


def concept_codes(concept: Any) -> Iterator[tuple[str, str]]:
    """(system, code) of the codings of a CodeableConcept that have both."""
    for coding in _codings(concept) if isinstance(concept, dict) else ():
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield system, code


def read_concept(concept: Any) -> Reading:
    """The drugs of a CodeableConcept; where code and text disagree the text is shown, and flagged."""
    if not isinstance(concept, dict):
        return _NOTHING
    coded = [reading for pair in concept_codes(concept) if (reading := read_code(*pair)) is not None]
    written = next((reading for text in concept_texts(concept) if (reading := read_text(text)).components), None)
    if written is None:
        written = next((read_text(text) for text in concept_texts(concept)), Reading())
        if not coded:
            return written
    if not coded:
        return written
    components = tuple(sorted({name for reading in coded for name in reading.components}))
    if written.components and components and set(written.components) != set(components):
        return Reading(written.components, tuple(sorted({*written.flags, "code_and_text_disagree"})), written.unread)
    return Reading(components, coded[0].flags, ()) if components else coded[0]


def inline_medication(resource: Resource, medication: Resource | None = None) -> Resource:
    """The resource with the drug in place of a reference to it, wherever the drug is known.

    Args:
        resource: MedicationStatement, MedicationRequest or MedicationDispense.
        medication: the separate Medication that it refers to, where the caller has it.
    """
    reference = resource.get("medicationReference")
    if not isinstance(reference, dict):
        return resource
    target = reference.get("reference")
    found = _contained(resource, target) or medication
    concept = _medication_concept(found) if found else None
    display = reference.get("display")
    if concept is None and isinstance(display, str) and read_text(display).components:
        concept = {"text": display}
    if concept is None and isinstance(target, str) and target.startswith("Medication/"):
        return resource
    kept = {key: value for key, value in resource.items() if key != "medicationReference"}
    return {**kept, "medicationCodeableConcept": concept or {"text": _UNREADABLE}}


def medication_concept(resource: Resource) -> Any:
    """The CodeableConcept that names the drug, or None where a reference stands in its place."""
    return resource.get("code" if resource.get("resourceType") == "Medication" else "medicationCodeableConcept")


def _codings(concept: dict[str, Any]) -> list[dict[str, Any]]:
    codings = concept.get("coding")
    return [coding for coding in codings if isinstance(coding, dict)] if isinstance(codings, list) else []


def _contained(resource: Resource, target: Any) -> Resource | None:
    contained = resource.get("contained")
    if not isinstance(target, str) or not target.startswith("#") or not isinstance(contained, list):
        return None
    for inner in contained:
        if isinstance(inner, dict) and inner.get("id") == target[1:] and inner.get("resourceType") == "Medication":
            return inner
    return None


def _medication_concept(medication: Resource) -> Any:
    """The code of a Medication, or its ingredients as a text where it has none."""
    if medication.get("code"):
        return medication["code"]
    ingredients = medication.get("ingredient")
    if not isinstance(ingredients, list):
        return None
    rows = [row.get("itemCodeableConcept") for row in ingredients if isinstance(row, dict)]
    names = [name for row in rows for name in read_concept(row).components]
    return {"text": " + ".join(names)} if names else None
