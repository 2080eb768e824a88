from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.measures import cells_per_ul, stage_number
from corridor.domain.care.viral_load import ResultKind, ViralLoad
from corridor.domain.country import country
from corridor.fhir.events import told_events

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
VIRAL_LOAD, CD4, PERCENT, LOG = "20447-9", "24467-3", "8123-2", "41514-1"


def event(code: str, **elements: Any) -> Event:
    coded = {"coding": [{"system": LOINC, "code": code}]} if code else {}
    resource = {"resourceType": "Observation", "id": "o", "code": coded, **elements}
    (found,) = told_events([("Observation/o", resource)], country("EC"))
    return found


def quantity(value: float, **more: str) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, **more}}


@pytest.mark.parametrize(
    ("code", "elements", "kind", "lower", "upper"),
    [
        (VIRAL_LOAD, quantity(20, comparator="<", unit="copias/mL"), ResultKind.BELOW_LOQ, 0, 20),
        (VIRAL_LOAD, quantity(3.19, unit="log10 copias/mL"), ResultKind.QUANTITY, 1549, 1584),
        (VIRAL_LOAD, quantity(3.19, unit="log copias/mL", code="{copies}/mL"), ResultKind.AMBIGUOUS, None, None),
        (LOG, quantity(2.6), ResultKind.QUANTITY, 399, 501),
        (LOG, quantity(2.6, unit="copies/mL"), ResultKind.AMBIGUOUS, None, None),
        (LOG, {"valueInteger": 4}, ResultKind.QUANTITY, 10000, 100000),
        (VIRAL_LOAD, {"valueInteger": 150}, ResultKind.QUANTITY_NO_UNIT, 150, 151),
        (VIRAL_LOAD, {"valueString": "1,5 x 10⁵ copias/mL"}, ResultKind.QUANTITY, 150000, 160000),
        (VIRAL_LOAD, {"valueString": "positivo"}, ResultKind.AMBIGUOUS, None, None),
        (VIRAL_LOAD, {"valueCodeableConcept": {"text": "No detectable"}}, ResultKind.NOT_DETECTED_OR_BELOW, 0, None),
        (
            VIRAL_LOAD,
            {"valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "260988000"}]}},
            ResultKind.BELOW_LOQ,
            0,
            None,
        ),
        (
            VIRAL_LOAD,
            {"interpretation": [{"coding": [{"system": V3, "code": "ND"}]}]},
            ResultKind.NOT_DETECTED,
            0,
            None,
        ),
        (VIRAL_LOAD, {"dataAbsentReason": {"text": "muestra coagulada"}}, ResultKind.NO_RESULT, None, None),
        (
            "",
            {
                "component": [
                    {"code": {"coding": [{"system": LOINC, "code": VIRAL_LOAD}]}, **quantity(40, unit="copies/mL")}
                ]
            },
            ResultKind.QUANTITY,
            40,
            41,
        ),
    ],
)
def test_a_viral_load_is_read_in_every_element(
    code: str, elements: dict[str, Any], kind: ResultKind, lower: int | None, upper: int | None
) -> None:
    found = event(code, **elements)
    assert found.kind is EventKind.VIRAL_LOAD
    assert isinstance(found.value, ViralLoad)
    assert found.value.kind is kind
    interval = found.value.copies_per_ml
    assert (interval.lower is None) == (lower is None)
    assert lower is None or int(interval.lower or 0) in {lower, lower - 1}
    assert (interval.upper is None) == (upper is None)
    assert upper is None or int(interval.upper or 0) in {upper, upper + 1}


@pytest.mark.parametrize(
    ("code", "elements", "cells"),
    [
        (CD4, quantity(350, unit="cel/uL"), 350),
        (CD4, quantity(350, unit="células/mm³"), 350),
        (CD4, quantity(350, code="{cells}/uL"), 350),
        (CD4, quantity(350, code="/uL"), 350),
        (CD4, quantity(350, code="10*6/L"), 350),
        (CD4, quantity(0.35, code="10*9/L"), 350),
        (CD4, quantity(350), None),
        (CD4, quantity(350, unit="mg/dL"), None),
        (CD4, {"valueInteger": 350}, None),
        (CD4, {"valueString": "350 cel/uL"}, 350),
        (CD4, {"valueString": "CD4: 350 células/mm3"}, 350),
        (CD4, {"valueString": "bajo"}, None),
        (PERCENT, quantity(14), None),
    ],
)
def test_a_cd4_count_is_known_only_with_a_unit_of_cells(code: str, elements: dict[str, Any], cells: int | None) -> None:
    found = event(code, **elements)
    assert found.kind is EventKind.CD4
    known = cells_per_ul(found)
    assert (known.lower if known else None) == cells


def test_a_percentage_that_its_code_defines_has_its_unit() -> None:
    found = event(PERCENT, **quantity(14))
    assert (found.value, found.unit) == (Interval(Decimal(14), Decimal(15)), "%")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("WHO stage 3", 3),
        ("Estadio clínico OMS IV", 4),
        ("estadio 2", 2),
        ("T3", 3),
        ("IV", 4),
        ("1", 1),
        ("Stage-One", 1),
        ("avanzado", None),
        ("estadio C3", None),
    ],
)
def test_the_stage_is_read_from_words_and_numerals(value: str, number: int | None) -> None:
    found = event("45233-4", valueString=value)
    assert (found.about, stage_number(found)) == ("who-stage", number)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Peso corporal", "weight"),
        ("Creatinina sérica", "creatinine"),
        ("Depuración de creatinina", ""),
        ("HBsAg", "hbsag"),
        ("Prueba de embarazo", "pregnancy"),
        ("Estadio clínico OMS", "who-stage"),
        ("Hemoglobina glicosilada", ""),
    ],
)
def test_what_a_local_code_measures_is_known_by_its_words(text: str, about: str) -> None:
    resource = {"resourceType": "Observation", "code": {"text": text}, "valueQuantity": {"value": 1, "unit": "x"}}
    (found,) = told_events([("Observation/o", resource)], country("EC"))
    assert found.about == about
