"""What narrows an export; the doors' tests hold the table of bad ones."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.bulk import ElementChoice, ExportOrder, TypeFilter
from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.domain.query import TokenCriterion
from corridor.fhir.bulk_request import read_export
from corridor.fhir.search_wanted import Terms
from corridor.fhir.type_filter import criteria_of, read_elements, read_filters

TERMS = Terms()


def test_several_filters_are_read_from_one_value_or_from_several() -> None:
    first, second = "Observation?code=a,b", "Patient?gender=female&active=true"
    expected = (TypeFilter("Observation", "code=a,b"), TypeFilter("Patient", "gender=female&active=true"))
    assert read_filters([first, second], (), TERMS) == expected
    assert read_filters([f"{first},{second}"], (), TERMS) == expected
    assert read_export([("_typeFilter", first), ("_typeFilter", second)]).filters == expected


def test_a_filter_is_what_the_search_would_ask() -> None:
    (found,) = criteria_of(TypeFilter("Observation", "status=final"), TERMS)
    assert found == TokenCriterion("status", ((None, "final"),))


def test_elements_are_of_one_type_or_of_all_that_have_them() -> None:
    found = read_elements(["Patient.birthDate,status", "id"], ("Patient", "Observation"))
    assert found == (ElementChoice("Patient", "birthDate"), ElementChoice("", "status"), ElementChoice("", "id"))
    order = ExportOrder(elements=found)
    assert order.elements_of("Patient") == ("birthDate", "status", "id")
    assert order.elements_of("Observation") == ("status", "id")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", UnsupportedError),
        ("Observation", InvalidError),
        ("Observation?", InvalidError),
        ("Spaceship?x=1", UnsupportedError),
        ("Observation?colour=red", UnsupportedError),
        ("Observation?status=final&_sort=date", InvalidError),
        ("Observation?status=final&_count=5", InvalidError),
        ("Observation?_include=Observation:subject", InvalidError),
        ("Observation?patient.gender=female", UnsupportedError),
        ("Patient?_has:Observation:patient:code=x", UnsupportedError),
        ("Medication?code=x", InvalidError),
        ("Observation?date=soon", InvalidError),
    ],
)
def test_a_filter_that_cannot_be_carried_out_is_refused(value: str, error: type[CorridorError]) -> None:
    with pytest.raises(error):
        read_filters([value], ("Observation", "Patient"), TERMS)


@pytest.mark.parametrize(
    "value", ["", "shoe", "Patient.shoe", "Patient.name.family", "Claim.id", "Medication.code", ","]
)
def test_an_element_that_no_exported_type_has_is_refused(value: str) -> None:
    with pytest.raises(InvalidError):
        read_elements([value], ("Patient", "Observation"))


def test_more_than_one_order_needs_is_refused() -> None:
    with pytest.raises(InvalidError):
        read_filters([f"Patient?_id=p{number}" for number in range(33)], (), TERMS)


@given(st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    for value in (text, f"Patient?{text}"):
        with suppress(CorridorError):
            read_filters([value], (), TERMS)
    with suppress(CorridorError):
        read_elements([text], ())
