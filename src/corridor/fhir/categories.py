"""Which category of consent a resource falls under, by code and by what was written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from corridor.domain.care.lexicon import ATC_SYSTEM, LOINC_SYSTEM, SNOMED_SYSTEM, fold, lexicon
from corridor.domain.care.regimen import read_code, read_text
from corridor.domain.category import Category
from corridor.fhir.medication import concept_codes, concept_texts, inline_medication, medication_concept, read_concept

Resource = dict[str, Any]

_BY_GROUP = {
    "hiv-viral-load": Category.VIRAL_LOAD,
    "hiv-rna-qual": Category.VIRAL_LOAD,
    "cd4": Category.CD4,
    "cd4-ratio": Category.CD4,
    "cd8": Category.CD4,
    "hiv-genotype": Category.RESISTANCE,
    "tb": Category.TUBERCULOSIS,
    "art-start": Category.REGIMEN,
    "art-stop": Category.REGIMEN,
    "art-medication": Category.REGIMEN,
    "who-stage": Category.CONDITION,
    "pregnancy": Category.CONDITION,
    "weight": Category.OTHER,
    "height": Category.OTHER,
}
_BY_SNOMED = {"315124004": Category.VIRAL_LOAD, "56717001": Category.TUBERCULOSIS}
_BY_WORDS = (
    (Category.TUBERCULOSIS, re.compile(r"tubercul|\btbc?\b|xpert|\bmtb\b|baciloscop|rifampi")),
    (
        Category.VIRAL_LOAD,
        re.compile(r"viral load|carga viral|\b(?:hiv|vih)\W?\d?\W+(?:rna|arn)|(?:rna|arn)\W.*(?:hiv|vih)"),
    ),
    (Category.RESISTANCE, re.compile(r"genotip|genotyp|resist|mutac|mutat|\b[a-z]\d{2,3}[a-z]\b")),
    (Category.CD4, re.compile(r"cd4|cd8")),
    (Category.REGIMEN, re.compile(r"antirretrovir|antiretrovir|\bt?arv\b|\btarga\b|\bhaart\b")),
)
_ANTIRETROVIRAL = re.compile(r"J05A[EFGJRX]")
_TUBERCULOSIS_DRUG = re.compile(r"J04A")
_TUBERCULOSIS_CODE = re.compile(r"A1[5-9].*|B90.*|J65.*|K23\.0|1B1[0-4].*")
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


def _of_drug(resource: Resource) -> Category:
    """A drug counts by the strictest of its codes and texts; one that only a reference names counts as the regimen."""
    resource = inline_medication(resource)
    if isinstance(resource.get("medicationReference"), dict):
        return Category.REGIMEN
    concept = medication_concept(resource)
    found = {_of_drug_code(*pair) for pair in concept_codes(concept)}
    found |= {_BY_READING.get(read_text(text).kind) for text in concept_texts(concept)}
    return next((each for each in _BY_READING.values() if each in found), Category.OTHER)


def _of_drug_code(system: str, code: str) -> Category | None:
    """A code that has no name here counts by the class that it stands in."""
    reading = read_code(system, code)
    if reading is not None or system != ATC_SYSTEM:
        return _BY_READING.get(reading.kind) if reading else None
    if _ANTIRETROVIRAL.match(code):
        return Category.REGIMEN
    return Category.TUBERCULOSIS if _TUBERCULOSIS_DRUG.match(code) else None


def _measured(resource: Resource) -> Category:
    """The first of: the code, the codes of the parts, the answer; then laboratory or other."""
    parts = [part for part in _rows(resource.get("component")) if isinstance(part, dict)]
    answers = [resource.get("valueCodeableConcept"), {"text": resource.get("valueString")}]
    answers += [{"text": part.get("valueString")} for part in parts]
    for concept in (resource.get("code"), *(part.get("code") for part in parts), *answers):
        if (found := _of_concept(concept)) is not None:
            return found
    if any(read_concept(answer).kind == "regimen" for answer in answers):
        return Category.REGIMEN
    return Category.LABORATORY if _is_laboratory(resource) else Category.OTHER


def _of_concept(concept: Any, among: set[Category] | None = None) -> Category | None:
    for system, code in concept_codes(concept):
        found = _of_code(system, code)
        if found is not None and (among is None or found in among):
            return found
    for text in concept_texts(concept):
        found = _of_text(text)
        if found is not None and (among is None or found in among):
            return found
    return None


def _of_code(system: str, code: str) -> Category | None:
    if system == LOINC_SYSTEM:
        group = lexicon().groups.get(code)
        return None if group is None else _BY_GROUP.get(group, Category.LABORATORY)
    if system == SNOMED_SYSTEM:
        return _BY_SNOMED.get(code)
    return Category.TUBERCULOSIS if "icd" in system and _TUBERCULOSIS_CODE.fullmatch(code) else None


@lru_cache(maxsize=4096)
def _of_text(text: str) -> Category | None:
    folded = fold(text)
    return next((found for found, pattern in _BY_WORDS if pattern.search(folded)), None)


def _is_laboratory(resource: Resource) -> bool:
    if resource.get("resourceType") == "DiagnosticReport":
        return True
    groups = _rows(resource.get("category"))
    return any(code == "laboratory" for group in groups for _, code in concept_codes(group))


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
