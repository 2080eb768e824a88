"""Observations as events of care: viral loads and CD4 counts as intervals, the rest as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor.domain.care.event import EventKind
from corridor.domain.care.interval import Interval, compared, number
from corridor.domain.care.lexicon import LOINC_SYSTEM, SNOMED_SYSTEM, lexicon
from corridor.domain.care.regimen import Reading
from corridor.domain.care.viral_load import ResultKind, ViralLoad, counted
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.category import Category
from corridor.domain.errors import InvalidError
from corridor.fhir.categories import category
from corridor.fhir.medication import concept_codes, concept_texts, read_concept

Resource = dict[str, Any]

_KINDS = {
    Category.VIRAL_LOAD: EventKind.VIRAL_LOAD,
    Category.CD4: EventKind.CD4,
    Category.RESISTANCE: EventKind.RESISTANCE,
    Category.TUBERCULOSIS: EventKind.TUBERCULOSIS,
}
_NAMES = {EventKind.VIRAL_LOAD: "HIV-1 RNA", EventKind.CD4: "CD4"}
_LOG_GROUP = frozenset({"29541-0", "29539-4", "104762-0", "41514-1", "41516-6", "48510-2", "48552-4", "51780-5"})
"""LOINC codes whose unit is log10 copies/mL, for results that come without one (CLINICAL section 3)."""


def observation_kind(resource: Resource) -> EventKind:
    """What an observation or a report is about; treatment answers are not regimens, they are shown as written."""
    return _KINDS.get(category(resource), EventKind.OTHER)


def about(resource: Resource) -> str:
    """The lexicon's group of what was measured or asked, such as `weight` or `hbsag`; empty where it is in none."""
    known = lexicon().groups
    codes = (code for system, code in concept_codes(resource.get("code")) if system == LOINC_SYSTEM)
    return next((known[code] for code in codes if code in known), "")


def measurement(resource: Resource, kind: EventKind) -> tuple[ViralLoad | Interval | None, str]:
    """The value of an observation or of one of its components, with its unit; None where there is no number.

    Args:
        resource: an Observation or a component of one, pseudonymised or not.
        kind: what it is about, because a viral load is read from words too.
    """
    quantity = resource.get("valueQuantity")
    unit = _unit(resource, quantity)
    try:
        if kind is EventKind.VIRAL_LOAD:
            return _viral_load(resource, unit), unit
        if isinstance(quantity, dict) and "value" in quantity:
            return compared(number(str(quantity["value"])), _comparator(quantity)), unit
        if isinstance(resource.get("valueInteger"), int):
            return compared(number(str(resource["valueInteger"]))), unit
    except InvalidError:
        return None, unit
    return None, unit


def written_value(resource: Resource) -> str:
    """The value of an observation as it was written, and of its components; empty where none crossed."""
    parts = [text for text in (_own_value(resource),) if text]
    for component in _rows(resource.get("component")):
        name, value = label_of(component.get("code")), _own_value(component)
        parts.append(f"{name}: {value}" if name else value)
    return "; ".join(part for part in parts if part)


def result_reading(resource: Resource) -> Reading:
    """The drugs that an observation's coded answer names."""
    return read_concept(resource.get("valueCodeableConcept"))


def label_of(concept: Any) -> str:
    """What to show for a CodeableConcept: its text, else a display, else a code."""
    text = next(concept_texts(concept), "")
    return text or next((code for _, code in concept_codes(concept)), "")


def kind_name(kind: EventKind) -> str:
    """The usual name of what is measured, for results whose own name stayed home."""
    return _NAMES.get(kind, "")


def _viral_load(resource: Resource, unit: str) -> ViralLoad | None:
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        return counted(number(str(quantity["value"])), unit, comparator=_comparator(quantity))
    if isinstance(resource.get("valueInteger"), int):
        return counted(number(str(resource["valueInteger"])), unit)
    results = [viral_load(text, unit) for text in _answers(resource)]
    return next((result for result in results if result.kind is not ResultKind.UNREAD), None)


def _answers(resource: Resource) -> Iterator[str]:
    if isinstance(resource.get("valueString"), str):
        yield resource["valueString"]
    concept = resource.get("valueCodeableConcept")
    yield from (code for system, code in concept_codes(concept) if system == SNOMED_SYSTEM)
    yield from concept_texts(concept)
    for reading in _rows(resource.get("interpretation")):
        yield from concept_texts(reading)


def _unit(resource: Resource, quantity: Any) -> str:
    if isinstance(quantity, dict):
        written = next((str(quantity[key]) for key in ("code", "unit") if quantity.get(key)), "")
        if written:
            return written
    codes = {code for system, code in concept_codes(resource.get("code")) if system == LOINC_SYSTEM}
    if codes & _LOG_GROUP:
        return "{Log_copies}/mL"
    groups = {lexicon().groups.get(code) for code in codes}
    return "{copies}/mL" if isinstance(quantity, dict) and "hiv-viral-load" in groups and not _in_iu(codes) else ""


def _in_iu(codes: set[str]) -> bool:
    """LOINC [Units/volume] codes: without a unit nobody knows whether these are copies."""
    return bool(codes & {"10351-5", "23876-6", "62469-2", "69354-9"})


def _comparator(quantity: dict[str, Any]) -> str:
    comparator = quantity.get("comparator", "")
    return comparator if isinstance(comparator, str) else ""


def _own_value(resource: dict[str, Any]) -> str:
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        unit = quantity.get("unit") or quantity.get("code") or ""
        return f"{_comparator(quantity)}{quantity['value']} {unit}".strip()
    if isinstance(resource.get("valueCodeableConcept"), dict):
        return label_of(resource["valueCodeableConcept"])
    plain = ("valueString", "valueInteger", "valueBoolean", "valueDateTime", "valueTime")
    return next((str(resource[key]) for key in plain if key in resource), "")


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
