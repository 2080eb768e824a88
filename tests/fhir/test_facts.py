"""What is taken out of a resource for searching, kind by kind."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.record import DateFact, Fact, QuantityFact, ReferenceFact, StringFact, TokenFact
from corridor.fhir.facts import find_facts
from corridor.fhir.schema import HELD

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
EXAMPLES = Path(__file__).parents[2] / "demo" / "examples"
PATIENT = {"reference": "Patient/p1"}


def facts(resource_type: str, **members: Any) -> tuple[Fact, ...]:
    return find_facts({"resourceType": resource_type, **members}).facts


def named(found: tuple[Fact, ...], *names: str) -> list[Fact]:
    return [each for each in found if each.parameter in names]


# ---------------------------------------------------------------- tokens


def test_a_code_stands_beside_the_texts_that_tell_it_each_once() -> None:
    codings = [{"system": LOINC, "code": "20447-9", "display": "VIH carga"}, {"code": "CV", "display": "Carga viral"}]
    found = facts("Observation", code={"coding": codings, "text": "CARGA viral"})
    assert named(found, "code", "code:text") == [
        TokenFact("code", LOINC, "20447-9"),
        TokenFact("code", "", "CV"),
        StringFact("code:text", "vih carga", "VIH carga"),
        StringFact("code:text", "carga viral", "Carga viral"),
    ]


def test_an_identifier_is_found_by_its_type_too() -> None:
    kind = {"coding": [{"system": "urn:t", "code": "PPN"}, {"code": "X"}], "text": "Pasaporte"}
    found = facts("Patient", identifier=[{"system": "urn:s", "value": "A1", "type": kind}])
    assert named(found, "identifier", "identifier:of-type", "identifier:text") == [
        TokenFact("identifier", "urn:s", "A1"),
        StringFact("identifier:text", "pasaporte", "Pasaporte"),
        TokenFact("identifier:of-type", "urn:t", "PPN|A1"),
        TokenFact("identifier:of-type", "", "X|A1"),
    ]
    assert named(facts("Patient", identifier=[{"system": "urn:s"}]), "identifier") == []


def test_telephones_and_addresses_of_mail_are_told_apart() -> None:
    phone, mail = {"system": "phone", "value": "+51 1"}, {"system": "email", "value": "a@b.example"}
    found = facts("Patient", telecom=[phone, mail, {"system": "fax"}])
    assert named(found, "phone") == [TokenFact("phone", "phone", "+51 1")]
    assert named(found, "email") == [TokenFact("email", "email", "a@b.example")]
    assert len(named(found, "telecom")) == 2


@pytest.mark.parametrize(
    ("members", "code"),
    [({}, "false"), ({"deceasedBoolean": False}, "false"), ({"deceasedBoolean": True}, "true"),
     ({"deceasedDateTime": "2024"}, "true")],
)  # fmt: skip
def test_a_person_is_dead_where_it_says_so_or_names_the_day(members: dict[str, Any], code: str) -> None:
    assert named(facts("Patient", **members), "deceased") == [TokenFact("deceased", "", code)]


def test_what_an_extension_says_is_found_by_its_address() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene"
    extensions = [{"url": url, "valueCodeableConcept": {"coding": [{"code": "pol"}]}}, {"url": "x", "valueString": "y"}]
    assert named(facts("Observation", extension=extensions), "gene-identifier") == [
        TokenFact("gene-identifier", "", "pol")
    ]


def test_labels_and_profiles_are_found_for_every_type() -> None:
    meta = {"profile": ["urn:p|1.0"], "tag": [{"code": "t"}], "security": [{"code": "R"}], "source": "urn:here"}
    found = facts("Organization", meta=meta)
    assert found == (
        TokenFact("_profile", "", "urn:p|1.0"),
        TokenFact("_profile", "", "urn:p"),
        TokenFact("_security", "", "R"),
        TokenFact("_source", "", "urn:here"),
        TokenFact("_tag", "", "t"),
    )


# ---------------------------------------------------------------- texts


def test_a_name_is_found_by_its_parts_its_whole_and_its_sound() -> None:
    found = facts("Patient", name=[{"family": "Vásquez", "given": ["Ana", "Ana"], "prefix": ["Dra."]}])
    assert named(found, "name") == [
        StringFact("name", "vasquez", "Vásquez"),
        StringFact("name", "ana", "Ana"),
        StringFact("name", "dra.", "Dra."),
    ]
    other = facts("Patient", name=[{"family": "Basques", "given": ["Ana"]}])
    assert named(found, "phonetic") == named(other, "phonetic")


def test_an_address_is_found_by_each_of_its_lines() -> None:
    found = facts("Location", address={"line": ["Jr. Puno 1", ""], "city": "Lima", "use": "work"})
    assert named(found, "address") == [
        StringFact("address", "jr. puno 1", "Jr. Puno 1"),
        StringFact("address", "lima", "Lima"),
    ]
    assert named(found, "address-city") == [StringFact("address-city", "lima", "Lima")]
    assert named(found, "address-use") == [TokenFact("address-use", "http://hl7.org/fhir/address-use", "work")]


# ---------------------------------------------------------------- amounts


@pytest.mark.parametrize(
    ("value", "low", "high", "canonical"),
    [
        ({"value": 50, "code": "{copies}/mL"}, 50, 50, (5e7, 5e7, "m-3")),
        ({"value": 50, "code": "{copies}/mL", "comparator": "<"}, -math.inf, 50, (-math.inf, 5e7, "m-3")),
        ({"value": 1e7, "code": "{copies}/mL", "comparator": ">="}, 1e7, math.inf, (1e13, math.inf, "m-3")),
        ({"value": 350, "code": "cells/mm3"}, 350, 350, None),
        ({"value": 7.4, "code": "[pH]"}, 7.4, 7.4, None),
    ],
)
def test_an_amount_is_the_interval_that_it_may_lie_in(
    value: dict[str, Any], low: float, high: float, canonical: tuple[float, float, str] | None
) -> None:
    found = facts("Observation", valueQuantity={"system": UCUM, **value})
    wanted = {
        QuantityFact(name, low, high, UCUM, value["code"], canonical)
        for name in ("value-quantity", "combo-value-quantity")
    }
    assert {*found} == wanted


def test_a_unit_in_words_is_kept_as_it_is() -> None:
    assert QuantityFact("value-quantity", 3, 3, "", "tabletas") in facts(
        "Observation", valueQuantity={"value": 3, "unit": "tabletas"}
    )
    assert facts("Observation", valueQuantity={"unit": "mg"}) == ()
    assert facts("Observation", valueQuantity={"value": 10**400}) == ()


def test_ranges_ages_and_series_are_intervals_too() -> None:
    year = {"system": UCUM, "code": "a"}
    found = facts("Condition", onsetRange={"low": {"value": 30, **year}})
    assert [(each.low, each.high) for each in found if isinstance(each, QuantityFact)] == [(30, math.inf)]
    assert facts("Condition", onsetRange={"low": {"unit": "a"}}) == ()
    (age,) = (each for each in facts("Condition", abatementAge={"value": 40, **year}))
    assert age == QuantityFact("abatement-age", 40, 40, UCUM, "a", (1262304000.0, 1262304000.0, "s"))
    series = {"origin": {"value": 10, "system": UCUM, "code": "mg"}, "factor": 2, "period": 1, "dimensions": 1}
    (first, _) = facts("Observation", valueSampledData=series | {"data": "1 E 3 U 2"})
    assert isinstance(first, QuantityFact)
    assert (first.low, first.high) == (12, 16)
    assert facts("Observation", valueSampledData=series | {"data": "one two"}) == ()
    assert facts("Observation", valueSampledData=series | {"data": "E L U"}) == ()


def test_parts_of_one_component_have_one_number() -> None:
    def component(code: str, value: float) -> dict[str, Any]:
        return {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value, "unit": "mmHg"}}

    found = facts("Observation", code={"coding": [{"code": "bp"}]}, component=[component("s", 120), component("d", 80)])
    assert named(found, "combo-code") == [TokenFact("combo-code", "", c, n) for n, c in enumerate(["bp", "s", "d"])]
    assert named(found, "component-value-quantity") == [
        QuantityFact("component-value-quantity", value, value, "", "mmHg", None, number)
        for number, value in ((1, 120.0), (2, 80.0))
    ]
    assert named(found, "code") == [TokenFact("code", "", "bp")]


# ---------------------------------------------------------------- dates and references


def test_a_schedule_is_found_by_its_days_and_its_bounds() -> None:
    timing = {"event": ["2024-03-01", None, "2024-03-08"], "repeat": {"boundsPeriod": {"start": "2024"}}}
    found = facts("Observation", effectiveTiming=timing)
    starts = [each.start for each in found if isinstance(each, DateFact)]
    assert starts == [datetime(2024, *day, tzinfo=UTC) for day in ((3, 1), (3, 8), (1, 1))]


def test_a_reference_is_found_by_what_it_points_at_and_by_what_that_is_known_by() -> None:
    known = {"identifier": {"system": "urn:s", "value": "A1"}, "type": "Patient"}
    found = facts("Observation", subject=PATIENT | known)
    assert found == (
        ReferenceFact("subject", "Patient", "p1"),
        TokenFact("subject:identifier", "urn:s", "A1"),
        ReferenceFact("patient", "Patient", "p1"),
        TokenFact("patient:identifier", "urn:s", "A1"),
    )
    assert facts("Observation", subject={"identifier": {"value": "G"}, "type": "Group"}) == (
        TokenFact("subject:identifier", "", "G"),
    )


def test_a_reference_to_another_server_keeps_its_address() -> None:
    far = "https://x.example/fhir/Patient/p1"
    found = facts("Observation", subject={"reference": far}, specimen={"reference": "#inside"})
    assert found == (ReferenceFact("subject", "", far), ReferenceFact("patient", "", far))
    assert facts("Observation", performer=[{"reference": "urn:" + "x" * 600}]) == ()


def test_only_patients_are_found_by_a_parameter_that_says_so() -> None:
    found = facts(
        "Encounter", subject={"reference": "Group/g"}, participant=[{"individual": {"reference": "Practitioner/d"}}]
    )
    assert [each.parameter for each in found] == ["subject", "participant", "practitioner"]


# ---------------------------------------------------------------- all of it


def test_nothing_is_found_twice() -> None:
    concept = {"coding": [{"system": "s", "code": "c", "display": "d"}], "text": "d"}
    found = facts("AllergyIntolerance", code=concept, reaction=[{"substance": concept}, {"substance": concept}])
    assert len(found) == len({*found}) == 2


def test_the_main_code_is_of_the_element_that_tells_what_it_is() -> None:
    reaction = {"reaction": [{"substance": {"coding": [{"code": "r"}]}}]}
    code = {"code": {"coding": [{"display": "no code"}, {"system": "s", "code": "c"}]}}
    assert find_facts({"resourceType": "AllergyIntolerance", **reaction, **code}).code == "s|c"
    assert find_facts({"resourceType": "AllergyIntolerance", **reaction}).code == ""


def published() -> list[Any]:
    found = []
    for path in sorted(EXAMPLES.glob("*/**/*.json")):
        content = json.loads(path.read_bytes())
        entries = [each.get("resource", {}) for each in content.get("entry", [])] if isinstance(content, dict) else []
        found += [each for each in (content, *entries) if isinstance(each, dict)]
    return [each for each in found if each.get("resourceType") in HELD]


def test_every_published_example_gives_its_facts_each_once() -> None:
    examples = published()
    assert {each["resourceType"] for each in examples} > {"Patient", "Observation", "MedicationStatement", "AuditEvent"}
    for resource in examples:
        found = find_facts(resource).facts
        assert found
        assert len(found) == len({*found})


@given(
    # Databases compare amounts as doubles, which hold whole numbers exactly up to 2 ** 53.
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    st.sampled_from(["", "<", "<=", ">", ">="]),
    st.sampled_from(["kg", "mg/dL", "x", ""]),
)
def test_an_amount_lies_in_its_own_interval(value: float, comparator: str, code: str) -> None:
    quantity = {"value": value, "system": UCUM, "code": code} | ({"comparator": comparator} if comparator else {})
    for fact in facts("Observation", valueQuantity=quantity):
        assert isinstance(fact, QuantityFact)
        assert fact.low <= value <= fact.high
        assert fact.canonical is None or fact.canonical[0] <= fact.canonical[1]
