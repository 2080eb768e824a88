"""Viral loads and CD4 results of an Observation, in whatever element and unit the laboratory wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from corridor.domain.care.interval import Interval, compared, number
from corridor.domain.care.lexicon import LOINC_SYSTEM, SNOMED_SYSTEM, lexicon
from corridor.domain.care.plain_text import LONGEST, plain
from corridor.domain.care.viral_load import ResultKind, ViralLoad, counted
from corridor.domain.care.viral_load_text import viral_load
from corridor.fhir.medication import concept_codes, concept_texts

Resource = dict[str, Any]

_LOG_CODES = frozenset({"29541-0", "29539-4", "104762-0", "41514-1", "41516-6", "48510-2", "48552-4", "51780-5"})
"""LOINC codes whose unit is log10 copies/mL, for results that come without one (CLINICAL section 3)."""
_IU_CODES = frozenset({"10351-5", "23876-6", "62469-2", "69354-9"})
"""LOINC [Units/volume] codes: without a unit nobody knows whether these are copies."""
_PERCENT_CODE = "8123-2"
_LARGEST_LOG = 12
_INTERPRETATION = "ObservationInterpretation"
_INTERPRETED = {"ND": "not detected", "NEG": "negative", "DET": "detected", "POS": "positive"}
_CD4 = re.compile(
    r"(?:cd4\D{0,20})?(<=|>=|<|>)?\s*(\d+(?:[.,]\d+)?)\s*"
    r"(%|por ?ciento|percent|[a-z{}. ]*/\s?(?:u ?l|mm\^?3|l)|10[*^]\d+\s?/\s?l)?"
)


def viral_load_of(resource: Resource) -> ViralLoad | None:
    """The viral load of an Observation or of one of its components; None where it has neither number nor word.

    Raises:
        InvalidError: the number is none.
    """
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        return _of_quantity(resource, quantity)
    if isinstance(resource.get("valueInteger"), int):
        return counted(number(str(resource["valueInteger"])), unit_of(resource))
    results = [viral_load(text, unit_of(resource)) for text in _answers(resource)]
    read = next((result for result in results if result.kind is not ResultKind.UNREAD), None)
    absent = isinstance(resource.get("dataAbsentReason"), dict) and not results
    return read or (ViralLoad(ResultKind.NO_RESULT) if absent else None)


def _of_quantity(resource: Resource, quantity: Resource) -> ViralLoad:
    """A number; where its units, or unit and code, differ by being a logarithm, nobody knows which it is."""
    value, unit = number(str(quantity["value"])), unit_of(resource)
    told = {"log" in str(quantity[key]).lower() for key in ("code", "unit") if quantity.get(key)}
    log_code = bool(_codes(resource) & _LOG_CODES) and told == {False} and Decimal(0) < value <= _LARGEST_LOG
    if len(told) > 1 or log_code:
        return ViralLoad(ResultKind.AMBIGUOUS)
    return counted(value, unit, comparator=comparator_of(quantity))


def _answers(resource: Resource) -> Iterator[str]:
    """Texts that may hold the answer, most deliberate first."""
    if isinstance(resource.get("valueString"), str):
        yield resource["valueString"]
    concept = resource.get("valueCodeableConcept")
    yield from (code for system, code in concept_codes(concept) if system == SNOMED_SYSTEM)
    yield from concept_texts(concept)
    rows = resource.get("interpretation")
    for reading in rows if isinstance(rows, list) else ():
        coded = (code for system, code in concept_codes(reading) if system.endswith(_INTERPRETATION))
        yield from (_INTERPRETED[code] for code in coded if code in _INTERPRETED)
        yield from concept_texts(reading)


def cd4_of(resource: Resource) -> tuple[Interval | None, str]:
    """A CD4 result with its unit, also where both stand in one text; a unit that is missing is not guessed.

    Raises:
        InvalidError: the number is none.
    """
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        return compared(number(str(quantity["value"])), comparator_of(quantity)), unit_of(resource)
    if isinstance(resource.get("valueInteger"), int):
        return compared(number(str(resource["valueInteger"]))), unit_of(resource)
    text = resource.get("valueString")
    match = _CD4.fullmatch(plain(text[:LONGEST])) if isinstance(text, str) else None
    if match is None:
        return None, unit_of(resource)
    value = compared(number(match[2].replace(",", ".")), match[1] or "")
    return value, (match[3] or unit_of(resource)).strip()


def unit_of(resource: Resource) -> str:
    """The unit as told; where none is, what the LOINC code defines: a logarithm, copies, or per cent."""
    quantity, codes = resource.get("valueQuantity"), _codes(resource)
    if isinstance(quantity, dict):
        written = next((str(quantity[key]) for key in ("code", "unit") if quantity.get(key)), "")
        if written and not (written == "1" and quantity.get("unit")):
            return written
        if written:
            return str(quantity["unit"])
    if codes & _LOG_CODES:
        return "{Log_copies}/mL"
    if _PERCENT_CODE in codes:
        return "%"
    groups = {lexicon().groups.get(code) for code in codes}
    return "{copies}/mL" if isinstance(quantity, dict) and "hiv-viral-load" in groups and not codes & _IU_CODES else ""


def comparator_of(quantity: Resource) -> str:
    """The comparator of a Quantity, or empty."""
    comparator = quantity.get("comparator", "")
    return comparator if isinstance(comparator, str) else ""


def absent_reason(resource: Resource) -> str:
    """Why there is no value, as written; empty where nobody said."""
    reason = resource.get("dataAbsentReason")
    return next(concept_texts(reason), "") or next((code for _, code in concept_codes(reason)), "")


def number_of(resource: Resource) -> Interval | None:
    """The number of any other measurement; None where there is none.

    Raises:
        InvalidError: the number is none.
    """
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict) and "value" in quantity:
        return compared(number(str(quantity["value"])), comparator_of(quantity))
    if isinstance(resource.get("valueInteger"), int):
        return compared(number(str(resource["valueInteger"])))
    return None


def with_value(resource: Resource, codes: frozenset[str]) -> Resource:
    """The Observation, or, where it has no value of its own, its first component that is coded as one of these."""
    rows = resource.get("component")
    if any(key.startswith("value") for key in resource) or not isinstance(rows, list):
        return resource
    parts = (row for row in rows if isinstance(row, dict) and _codes(row) & codes)
    return next(parts, resource)


def _codes(resource: Resource) -> set[str]:
    return {code for system, code in concept_codes(resource.get("code")) if system == LOINC_SYSTEM}
