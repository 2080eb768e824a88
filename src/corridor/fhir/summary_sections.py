"""Where each resource of a record stands in a patient summary, and how its line reads.

Source: HL7 IPS 2.0.1, Composition-uv-ips.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corridor.domain.care.lexicon import lexicon
from corridor.fhir.medication import concept_codes, medication_concept
from corridor.fhir.observation import label_of, written_value
from corridor.fhir.summary_words import WORDS

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the document: its key in the words, its LOINC code with display; `required` stands even if empty."""

    key: str
    code: str
    display: str
    required: bool = False


SECTIONS = (
    Section("problems", "11450-4", "Problem list - Reported", required=True),
    Section("allergies", "48765-2", "Allergies and adverse reactions Document", required=True),
    Section("medications", "10160-0", "History of Medication use Narrative", required=True),
    Section("results", "30954-2", "Relevant diagnostic tests/laboratory data note"),
    Section("vital-signs", "8716-3", "Vital signs note"),
    Section("pregnancy", "10162-6", "History of pregnancies Narrative"),
    Section("immunizations", "11369-6", "History of Immunization note"),
    Section("social-history", "29762-2", "Social history note"),
    Section("past-problems", "11348-0", "History of Past illness note"),
    Section("advance-directives", "42348-3", "Advance directives"),
)
"""In the order of the document."""

_BY_TYPE = {
    "AllergyIntolerance": "allergies",
    "MedicationStatement": "medications",
    "MedicationRequest": "medications",
    "Immunization": "immunizations",
    "DiagnosticReport": "results",
}
_PAST = frozenset({"inactive", "remission", "resolved"})
_WRONG = frozenset({"entered-in-error", "cancelled", "not-done", "nullified"})
_DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "onsetDateTime",
    "onsetPeriod",
    "occurrenceDateTime",
    "authoredOn",
    "recordedDate",
    "dateTime",
    "issued",
)


def section_of(resource: Resource) -> str:
    """Key of the section that a resource stands in, or empty where a summary has no place for it."""
    if resource.get("status") in _WRONG or _first_code(resource.get("verificationStatus")) in _WRONG:
        return ""
    kind = resource["resourceType"]
    if kind == "Condition":
        return "past-problems" if _first_code(resource.get("clinicalStatus")) in _PAST else "problems"
    if kind == "Observation":
        return _observation(resource)
    if kind == "Consent":
        return "advance-directives" if _first_code(resource.get("scope")) == "adr" else ""
    return _BY_TYPE.get(kind, "")


def _observation(resource: Resource) -> str:
    categories = {code for each in resource.get("category", ()) for _, code in concept_codes(each)}
    if "pregnancy" in {lexicon().groups.get(code) for _, code in concept_codes(resource.get("code"))}:
        return "pregnancy"
    for key in ("vital-signs", "social-history"):
        if key in categories:
            return key
    return "results"


def line(resource: Resource, language: str) -> tuple[str, str, str, str]:
    """When, what, how much and in which state, as plain text for a narrative's row."""
    return (
        _when(resource, language),
        _what(resource) or WORDS["unnamed"][language],
        _how_much(resource),
        resource.get("status") or _first_code(resource.get("clinicalStatus")),
    )


def _what(resource: Resource) -> str:
    concepts = [medication_concept(resource), resource.get("code"), resource.get("vaccineCode")]
    concepts += [each for each in resource.get("category", ()) if resource["resourceType"] == "Consent"]
    return next(filter(None, map(label_of, concepts)), "")


def _how_much(resource: Resource) -> str:
    if resource["resourceType"] == "Observation":
        return written_value(resource)
    doses = [*resource.get("dosage", ()), *resource.get("dosageInstruction", ())]
    return "; ".join(each["text"] for each in doses if each.get("text"))


def _when(resource: Resource, language: str) -> str:
    found = next((resource[name] for name in _DATES if resource.get(name)), "")
    if not isinstance(found, dict):
        return str(found)[: len("2026-11-22")]
    return " ".join(_period(found, language))


def _period(period: dict[str, Any], language: str) -> Iterator[str]:
    for name, word in (("start", "since"), ("end", "until")):
        if period.get(name):
            yield f"{WORDS[word][language]} {str(period[name])[: len('2026-11-22')]}"


def _first_code(concept: Any) -> str:
    return next((code for _, code in concept_codes(concept)), "")
