"""Labels at write: what each kind of resource counts as, by value sets over its codes and by what was written."""

from __future__ import annotations

from typing import Any

import pytest

from corridor.domain.category import Category
from corridor.fhir.categories import category

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ICD_11 = "http://id.who.int/icd/release/11/mms"
NONE: dict[str, Any] = {}


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def seen(code: Any, **elements: Any) -> Category:
    return category({"resourceType": "Observation", "code": code, **elements})


def taken(concept: Any, **elements: Any) -> Category:
    return category({"resourceType": "MedicationStatement", "medicationCodeableConcept": concept, **elements})


def ill(code: Any) -> Category:
    return category({"resourceType": "Condition", "code": code})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("20447-9", Category.VIRAL_LOAD),
        ("25835-0", Category.VIRAL_LOAD),
        ("24467-3", Category.CD4),
        ("54218-3", Category.CD4),
        ("8128-1", Category.CD4),
        ("33630-5", Category.RESISTANCE),
        ("46244-0", Category.TUBERCULOSIS),
        ("63936-9", Category.REGIMEN),
        ("91382-2", Category.REGIMEN),
        ("45260-7", Category.REGIMEN),
        ("45233-4", Category.CONDITION),
        ("82810-3", Category.CONDITION),
        ("29463-7", Category.OTHER),
        ("8302-2", Category.OTHER),
        ("2160-0", Category.LABORATORY),
        ("68961-2", Category.LABORATORY),  # a test for HIV
        ("0-0", Category.OTHER),
    ],
)
def test_a_measurement_counts_by_its_code(code: str, expected: Category) -> None:
    assert seen(coded(LOINC, code)) is expected
    assert seen(coded("https://ve.example/codes", code)) is Category.OTHER


@pytest.mark.parametrize(
    ("code", "expected"),
    [("315124004", Category.VIRAL_LOAD), ("56717001", Category.TUBERCULOSIS), ("1", Category.OTHER)],
)
def test_a_finding_counts_by_its_code(code: str, expected: Category) -> None:
    assert seen(coded(SNOMED, code)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, Category.TUBERCULOSIS) for text in ("Tuberculosis", "TB activa", "TBC", "Gene Xpert", "cultivo MTB")),
        *((text, Category.TUBERCULOSIS) for text in ("baciloscopía", "sensible a rifampicina")),
        *((text, Category.VIRAL_LOAD) for text in ("Viral load", "CARGA VIRAL", "HIV-1 RNA", "VIH 1 ARN", "VIH ARN")),
        *((text, Category.VIRAL_LOAD) for text in ("ARN del VIH", "ARN VIH", "RNA, HIV")),
        *((text, Category.RESISTANCE) for text in ("Genotipo", "genotyping", "resistencia", "mutación", "mutation")),
        *((text, Category.RESISTANCE) for text in ("M184V", "K65R")),
        *((text, Category.CD4) for text in ("recuento CD4", "CD8")),
        *(
            (text, Category.REGIMEN)
            for text in ("antirretroviral", "antirretrovirais", "antiretroviral", "ARV", "TARV")
        ),
        *((text, Category.REGIMEN) for text in ("TARGA", "HAART")),
        *((text, Category.OTHER) for text in ("peso", "estable", "carga de trabajo", "RNA", "VIH", "larva", "atb")),
    ],
)
def test_a_measurement_counts_by_what_was_written(text: str, expected: Category) -> None:
    assert seen({"text": text}) is expected
    assert seen({"text": "nota"}, valueString=text) is expected
    assert seen(NONE, component=[{"code": {"text": "peso"}}, {"code": {"text": text}}]) is expected
    assert seen(NONE, component=[{"code": {"text": "nota"}, "valueString": text}]) is expected
    assert seen(NONE, valueCodeableConcept={"text": text}) is expected


def test_the_first_that_is_known_counts() -> None:
    unknown = {"system": LOINC, "code": "0-0"}
    assert seen({"coding": [unknown, *coded(LOINC, "24467-3")["coding"]]}) is Category.CD4
    assert seen({"text": "nota", "coding": [{"display": "algo"}, {"display": "CD4"}]}) is Category.CD4


def test_the_code_counts_before_its_parts_and_these_before_the_answer() -> None:
    parts = [{"code": {"text": "CD4"}, "valueString": "carga viral"}]
    answer = {"valueString": "M184V"}
    assert seen({"text": "TB"}, component=parts, **answer) is Category.TUBERCULOSIS
    assert seen(NONE, component=parts, **answer) is Category.CD4
    assert seen(NONE, component=[{}], **answer) is Category.RESISTANCE
    assert seen(NONE, valueCodeableConcept={"text": "CD4"}, **answer) is Category.CD4


@pytest.mark.parametrize("text", ["TDF + 3TC + DTG", "efavirenz"])
def test_an_answer_that_names_antiretrovirals_counts_as_the_regimen(text: str) -> None:
    assert seen({"text": "tratamiento"}, valueString=text) is Category.REGIMEN
    assert seen({"text": "tratamiento"}, component=[{"valueString": text}]) is Category.REGIMEN
    assert seen({"text": "tratamiento"}, valueCodeableConcept={"text": text}) is Category.REGIMEN


def test_what_nobody_knows_is_a_laboratorys_or_other() -> None:
    group = [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")]
    assert seen({"text": "algo"}, category=group) is Category.LABORATORY
    assert seen({"text": "algo"}, category=[NONE, *group]) is Category.LABORATORY
    assert seen({"text": "algo"}, category=[coded("x", "vital-signs")]) is Category.OTHER
    assert seen({"text": "algo"}) is Category.OTHER
    assert category({"resourceType": "DiagnosticReport", "code": {"text": "algo"}}) is Category.LABORATORY
    assert category({"resourceType": "DiagnosticReport", "code": {"text": "CD4"}}) is Category.CD4


@pytest.mark.parametrize("code", ["A15", "A15.0", "A17.8", "A19.9", "B90", "B90.9", "J65", "K23.0"])
def test_tuberculosis_is_known_by_its_codes(code: str) -> None:
    assert ill(coded(ICD_10, code)) is Category.TUBERCULOSIS
    assert seen(coded(ICD_10, code)) is Category.TUBERCULOSIS
    assert ill(coded("https://ve.example/codes", code)) is Category.CONDITION
    assert ill(coded(SNOMED, code)) is Category.CONDITION


@pytest.mark.parametrize("code", ["1B10", "1B10.0", "1B12", "1B14"])
def test_tuberculosis_is_known_by_its_newer_codes(code: str) -> None:
    assert ill(coded(ICD_11, code)) is Category.TUBERCULOSIS


@pytest.mark.parametrize("code", ["A14", "A20", "B91", "B20", "J66", "K23.8", "1B15", "XA15"])
def test_another_disease_is_a_condition(code: str) -> None:
    assert ill(coded(ICD_10, code)) is Category.CONDITION


def test_a_condition_is_tuberculosis_or_a_condition_and_nothing_else() -> None:
    assert ill({"text": "tuberculosis pulmonar"}) is Category.TUBERCULOSIS
    assert ill(coded(SNOMED, "56717001")) is Category.TUBERCULOSIS
    assert ill({"text": "resistencia a los antirretrovirales"}) is Category.CONDITION
    assert ill(coded(LOINC, "20447-9")) is Category.CONDITION
    assert ill({"coding": coded(LOINC, "20447-9")["coding"] + coded(ICD_10, "A15")["coding"]}) is Category.TUBERCULOSIS
    assert ill({"coding": [{"display": "carga viral"}, {"display": "TB"}]}) is Category.TUBERCULOSIS
    assert ill(None) is Category.CONDITION


@pytest.mark.parametrize("kind", ["Patient", "AllergyIntolerance", "Immunization"])
def test_some_types_are_one_category_each_whatever_they_say(kind: str) -> None:
    fixed = {
        "Patient": Category.DEMOGRAPHICS,
        "AllergyIntolerance": Category.ALLERGY,
        "Immunization": Category.IMMUNIZATION,
    }
    assert category({"resourceType": kind, "code": {"text": "CD4"}}) is fixed[kind]


@pytest.mark.parametrize("letter", "EFGJRX")
def test_an_antiretroviral_code_that_nobody_has_a_name_for_is_still_one(letter: str) -> None:
    assert taken(coded(ATC, f"J05A{letter}99")) is Category.REGIMEN
    assert taken(coded("https://ve.example/codes", f"J05A{letter}99")) is Category.OTHER


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ({"text": "TDF/3TC/DTG"}, Category.REGIMEN),
        ({"text": "esquema antirretroviral"}, Category.REGIMEN),
        (coded(ATC, "J05AF05"), Category.REGIMEN),
        (coded(ATC, "J04AC01"), Category.TUBERCULOSIS),
        (coded(ATC, "J04AK99"), Category.TUBERCULOSIS),
        ({"text": "rifampicina"}, Category.TUBERCULOSIS),
        (coded(ATC, "J05AB01"), Category.OTHER),  # against herpes
        (coded(ATC, "J05AF10"), Category.OTHER),  # against hepatitis B alone
        (coded(ATC, "N02BE01"), Category.OTHER),
        (coded(ATC, "J01CA04"), Category.OTHER),
        (coded(ATC, "J01ZZ99"), Category.OTHER),
        ({"text": "paracetamol 500 mg"}, Category.OTHER),
        ({"text": "algo que nadie conoce"}, Category.OTHER),
        ({"coding": coded(ATC, "N02BE01")["coding"] + coded(ATC, "J05AX99")["coding"]}, Category.REGIMEN),
        ({"coding": coded(ATC, "N02BE01")["coding"] + coded(ATC, "J04AK99")["coding"]}, Category.TUBERCULOSIS),
        ({**coded(ATC, "N02BE01"), "text": "TDF"}, Category.REGIMEN),
        ({**coded(ATC, "J05AF05"), "text": "paracetamol"}, Category.REGIMEN),
        ({**coded(ATC, "N02BE01"), "text": "isoniazida"}, Category.TUBERCULOSIS),
        ({**coded(ATC, "J04AC01"), "text": "efavirenz"}, Category.REGIMEN),
        ({"coding": [{"display": "paracetamol"}, {"display": "efavirenz"}]}, Category.REGIMEN),
        (None, Category.OTHER),
    ],
)
def test_a_drug_counts_by_code_and_by_name(concept: Any, expected: Category) -> None:
    assert taken(concept) is expected


def test_a_drug_that_is_named_elsewhere_counts_as_the_regimen_until_it_is_known() -> None:
    elsewhere = {"medicationReference": {"reference": "Medication/x"}}
    assert category({"resourceType": "MedicationDispense", **elsewhere}) is Category.REGIMEN
    inside = {"resourceType": "Medication", "id": "m", "code": {"text": "paracetamol"}}
    named = {"medicationReference": {"reference": "#m"}, "contained": [inside]}
    assert category({"resourceType": "MedicationRequest", **named}) is Category.OTHER
    assert category({"resourceType": "MedicationRequest", **elsewhere, "contained": [inside]}) is Category.REGIMEN


@pytest.mark.parametrize("odd", [5, "CD4", [], [None], {"coding": 3}, {"coding": [3]}, {"text": 7}])
def test_what_has_another_shape_breaks_nothing(odd: Any) -> None:
    assert seen(odd, component=odd, category=odd, valueCodeableConcept=odd, valueString=odd) in Category
    assert taken(odd, medicationReference=odd) in Category
    assert ill(odd) is Category.CONDITION
