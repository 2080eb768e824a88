"""Observations as events of care: viral loads and CD4 counts as intervals, the rest as it was written."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from corridor.domain.care.event import EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.lexicon import LOINC_SYSTEM, fold, lexicon
from corridor.domain.care.regimen import Reading
from corridor.domain.care.viral_load import ViralLoad
from corridor.domain.category import Category
from corridor.domain.errors import InvalidError
from corridor.fhir.categories import category
from corridor.fhir.laboratory import (
    absent_reason,
    cd4_of,
    comparator_of,
    number_of,
    unit_of,
    viral_load_of,
    with_value,
)
from corridor.fhir.medication import concept_codes, concept_texts, read_concept

Resource = dict[str, Any]

_KINDS = {
    Category.VIRAL_LOAD: EventKind.VIRAL_LOAD,
    Category.CD4: EventKind.CD4,
    Category.RESISTANCE: EventKind.RESISTANCE,
    Category.TUBERCULOSIS: EventKind.TUBERCULOSIS,
}
_NAMES = {EventKind.VIRAL_LOAD: "HIV-1 RNA", EventKind.CD4: "CD4"}
_WORDS = (
    ("who-stage", r"(?:estadio|estagio|stage|etapa)\b.*(?:oms|who|clinic)|(?:oms|who)\b.*(?:estadio|estagio|stage)"),
    ("pregnancy", r"embaraz|pregnan|gravid|gestacion|gestante"),
    ("weight", r"\b(?:peso|weight|body weight)\b(?!.*(?:nacer|birth))"),
    ("height", r"\b(?:talla|estatura|height)\b"),
    ("creatinine", r"^(?!.*(?:clearance|depuracion|aclaramiento|orina|urine|ratio)).*\bcreatinin[ae]?\b"),
    ("egfr", r"\b(?:egfr|tfg|tfge)\b|filtrado glomerular"),
    ("hbsag", r"\bhbs ?ag\b|antigeno (?:de )?superficie|hepatitis b surface antigen"),
    ("haemoglobin", r"\bh[ae]?emoglobin[ae]?\b(?!.*(?:glic|glyc|a1c))"),
)
_ABOUT = tuple((group, re.compile(pattern)) for group, pattern in _WORDS)


def observation_kind(resource: Resource) -> EventKind:
    """What an observation or a report is about; treatment answers are not regimens, they are shown as written."""
    return _KINDS.get(category(resource), EventKind.OTHER)


def about(resource: Resource) -> str:
    """The group of what was measured or asked, such as `weight` or `hbsag`, by LOINC code, else by its words."""
    known, concept = lexicon().groups, resource.get("code")
    codes = (code for system, code in concept_codes(concept) if system == LOINC_SYSTEM)
    coded = next((known[code] for code in codes if code in known), "")
    return coded or next((found for text in concept_texts(concept) if (found := _of_words(text))), "")


@lru_cache(maxsize=2048)
def _of_words(text: str) -> str:
    folded = fold(text)
    return next((group for group, pattern in _ABOUT if pattern.search(folded)), "")


def measurement(resource: Resource, kind: EventKind) -> tuple[ViralLoad | Interval | None, str]:
    """The value of an observation or of one of its components, with its unit; None where there is no number.

    Args:
        resource: an Observation or a component of one, pseudonymised or not.
        kind: what it is about, because a viral load is read from words too.
    """
    try:
        if kind is EventKind.VIRAL_LOAD:
            told = with_value(resource, _group_codes("hiv-viral-load"))
            return viral_load_of(told), unit_of(told)
        if kind is EventKind.CD4:
            return cd4_of(with_value(resource, _group_codes("cd4")))
        return number_of(resource), unit_of(resource)
    except InvalidError:
        return None, unit_of(resource)


@cache
def _group_codes(group: str) -> frozenset[str]:
    return frozenset(code for code, own in lexicon().groups.items() if own == group)


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


def _own_value(resource: dict[str, Any]) -> str:
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        unit = quantity.get("unit") or quantity.get("code") or ""
        return f"{comparator_of(quantity)}{quantity['value']} {unit}".strip()
    if isinstance(resource.get("valueCodeableConcept"), dict):
        return label_of(resource["valueCodeableConcept"])
    plain = ("valueString", "valueInteger", "valueBoolean", "valueDateTime", "valueTime")
    return next((str(resource[key]) for key in plain if key in resource), "") or absent_reason(resource)


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
