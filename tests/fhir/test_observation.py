from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.viral_load import ResultKind, ViralLoad
from corridor.fhir.observation import measurement, observation_kind, written_value

LOINC = "http://loinc.org"
NOT_DETECTED = {"system": "http://snomed.info/sct", "code": "260415000"}


def observation(code: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "code": {"coding": [{"system": LOINC, "code": code}]}, **elements}


@pytest.mark.parametrize(
    ("resource", "kind", "lower", "upper"),
    [
        (observation("20447-9", valueQuantity={"value": 839, "comparator": "<"}), ResultKind.BELOW_LOQ, 0, 839),
        (observation("20447-9", valueQuantity={"value": 150}), ResultKind.QUANTITY, 150, 151),
        (observation("20447-9", valueInteger=150), ResultKind.QUANTITY_NO_UNIT, 150, 151),
        (observation("20447-9", valueString="< 40 copias/ml"), ResultKind.BELOW_LOQ, 0, 40),
        (observation("41514-1", valueQuantity={"value": 2}), ResultKind.QUANTITY, 100, 1000),
        (observation("62469-2", valueQuantity={"value": 9, "unit": "[IU]/mL"}), ResultKind.QUANTITY_IU, None, None),
        (
            observation(
                "20447-9", valueCodeableConcept={"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]}
            ),
            ResultKind.NOT_DETECTED,
            0,
            None,
        ),
    ],
)
def test_a_viral_load_is_an_interval_of_copies(
    resource: dict[str, Any], kind: ResultKind, lower: int | None, upper: int | None
) -> None:
    assert observation_kind(resource) is EventKind.VIRAL_LOAD
    value, _ = measurement(resource, EventKind.VIRAL_LOAD)
    assert isinstance(value, ViralLoad)
    assert (value.kind, value.copies_per_ml.lower, value.copies_per_ml.upper) == (kind, lower, upper)


def test_a_cd4_count_keeps_its_unit() -> None:
    resource = observation("24467-3", valueQuantity={"value": 350, "unit": "cel/uL", "code": "{cells}/uL"})
    assert measurement(resource, observation_kind(resource)) == (Interval(Decimal(350), Decimal(351)), "{cells}/uL")


def test_what_was_written_is_shown_with_its_components() -> None:
    resource = observation(
        "30554-0",
        valueQuantity={"value": 1, "unit": "mg", "comparator": ">"},
        component=[{"code": {"text": "RT"}, "valueString": "M184V"}, {"valueBoolean": True}],
    )
    assert written_value(resource) == ">1 mg; RT: M184V; True"


values = (
    st.none()
    | st.text()
    | st.integers()
    | st.lists(st.text())
    | st.dictionaries(
        st.sampled_from(["value", "unit", "code", "comparator", "coding", "text"]),
        st.none() | st.text() | st.integers(),
    )
)


@given(
    st.dictionaries(
        st.sampled_from(["code", "valueQuantity", "valueString", "valueInteger", "component", "interpretation"]), values
    )
)
def test_reading_an_observation_never_fails(elements: dict[str, Any]) -> None:
    resource = {"resourceType": "Observation", **elements}
    for kind in (observation_kind(resource), EventKind.VIRAL_LOAD):
        measurement(resource, kind)
    written_value(resource)
