"""Results as each country's laboratories write them: numbers, comparators, logarithms, or words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log10
from typing import Any

from demo.places import OFFSETS, doctor
from demo.values import Person, Registration, Result, ResultKind

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
DETECTION_COPIES_PER_ML = 20
"""Detection limit of the invented laboratories."""

_NOT_DETECTED = {
    "coding": [{"system": SNOMED, "code": "260415000", "display": "Not detected"}],
    "text": "No detectable",
}
_DETECTED = {"coding": [{"system": SNOMED, "code": "260373001", "display": "Detected"}], "text": "Detectado"}
_MEASURES: dict[ResultKind, tuple[str, str, str]] = {
    ResultKind.CD4: ("24467-3", "{cells}/uL", "CD4 recuento absoluto"),
    ResultKind.WEIGHT: ("29463-7", "kg", "Peso"),
    ResultKind.CREATININE: ("2160-0", "mg/dL", "Creatinina"),
}


def results(person: Person, registration: Registration) -> Iterator[dict[str, Any]]:
    """Observations in the order in which they were made."""
    for place, result in enumerate(registration.care.results):
        yield {
            "resourceType": "Observation",
            "id": f"{registration.id}-{place}",
            "status": "final",
            "category": [_category(result.kind)],
            **_content(result, registration.country),
            "subject": {"reference": f"Patient/{registration.id}"},
            "effectiveDateTime": f"{result.on}T08:30:00{OFFSETS[registration.country]}",
            "performer": [doctor(registration.country, person.number)],
        }


def _category(kind: ResultKind) -> dict[str, Any]:
    code = "vital-signs" if kind is ResultKind.WEIGHT else "laboratory"
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": code}]}


def _content(result: Result, country: str) -> dict[str, Any]:
    match result.kind:
        case ResultKind.VIRAL_LOAD:
            return _VIRAL_LOADS[country](int(result.number))
        case ResultKind.GENOTYPE:
            gene, _, mutations = result.text.partition(" ")
            return {"code": _code(gene, "Genotipo de resistencia"), "valueString": mutations}
        case ResultKind.SPUTUM:
            return {"code": _code("88874-3", "Prueba molecular de M. tuberculosis"), "valueCodeableConcept": _DETECTED}
        case _:
            code, unit, text = _MEASURES[result.kind]
            number = int(result.number) if result.kind is ResultKind.CD4 else result.number
            return {"code": _code(code, text), "valueQuantity": _quantity(number, unit)}


def _code(code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code}], "text": text}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def _in_words(copies: int) -> dict[str, Any]:
    text = "No detectable" if copies < DETECTION_COPIES_PER_ML else f"{copies} copias/mL"
    return {"code": _code("20447-9", "Carga viral VIH"), "valueString": text}


def _as_number(copies: int) -> dict[str, Any]:
    limit = {"comparator": "<"} if copies <= DETECTION_COPIES_PER_ML else {}
    quantity = _quantity(max(copies, DETECTION_COPIES_PER_ML), "{copies}/mL")
    return {"code": _code("20447-9", "Carga viral VIH-1"), "valueQuantity": limit | quantity}


def _as_logarithm(copies: int) -> dict[str, Any]:
    code = _code("29541-0", "Carga viral VIH-1 (log10)")
    if copies < DETECTION_COPIES_PER_ML:
        return {"code": code, "valueQuantity": {"comparator": "<"} | _quantity(1.3, "{Log_copies}/mL")}
    return {"code": code, "valueQuantity": _quantity(round(log10(copies), 2), "{Log_copies}/mL")}


def _as_word_or_number(copies: int) -> dict[str, Any]:
    code = _code("70241-5", "Carga viral VIH-1 en plasma")
    if copies < DETECTION_COPIES_PER_ML:
        return {"code": code, "valueCodeableConcept": _NOT_DETECTED}
    return {"code": code, "valueQuantity": _quantity(copies, "{copies}/mL")}


_VIRAL_LOADS: dict[str, Callable[[int], dict[str, Any]]] = {
    "VE": _in_words,
    "CO": _as_number,
    "EC": _as_logarithm,
    "PE": _as_number,
    "CL": _as_word_or_number,
}
