from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corridor.fhir.medication import concept_texts, inline_medication, read_concept

ATC = "http://www.whocc.no/atc"


def test_a_code_is_read_before_the_words_beside_it() -> None:
    reading = read_concept({"coding": [{"system": ATC, "code": "J05AR27"}], "text": "tabletas"})
    assert reading.components == ("3TC", "DTG", "TDF")


def test_a_code_that_contradicts_its_text_is_flagged_and_the_text_shown() -> None:
    reading = read_concept({"coding": [{"system": ATC, "code": "J05AR06"}], "text": "TLD"})
    assert reading.components == ("3TC", "DTG", "TDF")
    assert "code_and_text_disagree" in reading.flags


def test_codes_of_single_drugs_are_read_together() -> None:
    codings = [{"system": ATC, "code": code} for code in ("J05AJ03", "J05AF07", "J05AF05")]
    assert read_concept({"coding": codings}).components == ("3TC", "DTG", "TDF")


def test_a_drug_is_found_in_its_contained_ingredients() -> None:
    drug = {
        "resourceType": "Medication",
        "id": "d",
        "ingredient": [{"itemCodeableConcept": {"text": name}} for name in ("lopinavir", "ritonavir")],
    }
    resource = {"contained": [drug], "medicationReference": {"reference": "#d"}}
    assert inline_medication(resource)["medicationCodeableConcept"] == {"text": "LPV + RTV"}


def test_a_local_reference_with_a_readable_display_carries_the_drug() -> None:
    resource = {"medicationReference": {"reference": "Medication/9", "display": "TDF/3TC/EFV"}}
    assert inline_medication(resource) == {"medicationCodeableConcept": {"text": "TDF/3TC/EFV"}}


def test_a_local_reference_without_one_stays_a_reference() -> None:
    resource = {"medicationReference": {"reference": "Medication/9", "display": "pastillas de María"}}
    assert inline_medication(resource) is resource


junk: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["coding", "text", "system", "code", "display", "reference"]), inner)
    ),
    max_leaves=10,
)


@given(junk)
def test_reading_a_concept_never_fails(concept: Any) -> None:
    read_concept(concept)
    list(concept_texts(concept))
    inline_medication({"medicationReference": concept, "contained": concept})
