"""A record as an International Patient Summary."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from corridor.domain.record import Record
from corridor.fhir.summary import Author, summary

ABOUT = {"reference": "Patient/p1"}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AUTHOR = Author("https://pe.example/fhir", "Nodo Perú")
REQUIRED = ["11450-4", "48765-2", "10160-0"]


def stored(**resource: Any) -> Record:
    body = json.dumps({"id": "x1", **resource}, ensure_ascii=False).encode()
    return Record(resource["resourceType"], resource.get("id", "x1"), 1, NOON, body, "p1")


PATIENT = stored(resourceType="Patient", id="p1", name=[{"family": "Rojas"}], birthDate="1987-03-12")
VIRAL_LOAD = {
    "resourceType": "Observation",
    "id": "vl",
    "status": "final",
    "category": [{"coding": [{"system": "http://terminology.hl7.org/x", "code": "laboratory"}]}],
    "code": {"text": "Carga viral <VIH>"},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-01-05",
}


def made(*records: Record, language: str = "es") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(summary([PATIENT, *records], AUTHOR, at=NOON, language=language))
    Bundle.model_validate(document)
    return document


def sections(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["code"]["coding"][0]["code"]: each for each in document["entry"][0]["resource"]["section"]}


def test_an_empty_record_has_the_three_sections_and_says_that_nothing_is_known() -> None:
    document = made()
    assert document["type"] == "document"
    assert [*sections(document)] == REQUIRED
    for each in sections(document).values():
        assert each["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert "entry" not in each
        assert "no significa que no existan" in each["text"]["div"]


def test_the_composition_leads_then_the_patient_and_every_link_is_in_the_document() -> None:
    document = made(stored(**VIRAL_LOAD))
    kinds = [each["resource"]["resourceType"] for each in document["entry"]]
    assert kinds == ["Composition", "Patient", "Observation", "Organization"]
    urls = {each["fullUrl"] for each in document["entry"]}
    composition = document["entry"][0]["resource"]
    linked = [entry["reference"] for each in composition["section"] for entry in each.get("entry", ())]
    assert {composition["subject"]["reference"], composition["author"][0]["reference"], *linked} <= urls


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ({"resourceType": "Condition", "code": {"text": "VIH"}}, "11450-4"),
        ({"resourceType": "Condition", "clinicalStatus": {"coding": [{"system": "s", "code": "resolved"}]}}, "11348-0"),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "ABC"}}, "48765-2"),
        ({"resourceType": "MedicationStatement", "status": "active"}, "10160-0"),
        ({"resourceType": "MedicationRequest", "status": "active"}, "10160-0"),
        ({"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "BCG"}}, "11369-6"),
        ({"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Genotipo"}}, "30954-2"),
        ({**VIRAL_LOAD, "category": [{"coding": [{"system": "s", "code": "vital-signs"}]}]}, "8716-3"),
        ({**VIRAL_LOAD, "category": [{"coding": [{"system": "s", "code": "social-history"}]}]}, "29762-2"),
        ({**VIRAL_LOAD, "code": {"coding": [{"system": "http://loinc.org", "code": "82810-3"}]}}, "10162-6"),
        ({"resourceType": "Consent", "scope": {"coding": [{"system": "s", "code": "adr"}]}}, "42348-3"),
    ],
)
def test_each_resource_stands_in_its_section(resource: dict[str, Any], code: str) -> None:
    document = json.loads(summary([PATIENT, stored(**resource)], AUTHOR, at=NOON))
    [where] = [code for code, each in sections(document).items() if "entry" in each]
    assert where == code


@pytest.mark.parametrize(
    "resource",
    [
        {**VIRAL_LOAD, "status": "entered-in-error"},
        {"resourceType": "Consent", "scope": {"coding": [{"system": "s", "code": "patient-privacy"}]}},
        {"resourceType": "Encounter", "status": "finished"},
    ],
)
def test_what_has_no_place_in_a_summary_stays_out(resource: dict[str, Any]) -> None:
    document = json.loads(summary([PATIENT, stored(**resource)], AUTHOR, at=NOON))
    assert [each["resource"]["resourceType"] for each in document["entry"]] == [
        "Composition",
        "Patient",
        "Organization",
    ]


def test_numbers_stay_as_they_were_written_in_the_resource_and_in_the_narrative() -> None:
    body = json.dumps({**VIRAL_LOAD, "valueQuantity": {"value": 0, "unit": "mg/dL"}}).replace(": 0,", ": 72.50,")
    record = Record("Observation", "vl", 1, NOON, body.encode(), "p1")
    document = summary([PATIENT, record], AUTHOR, at=NOON)
    assert b'"value": 72.50' in document
    assert "72.50 mg/dL" in sections(json.loads(document))["30954-2"]["text"]["div"]


def test_the_narrative_is_escaped() -> None:
    text = sections(made(stored(**VIRAL_LOAD)))["30954-2"]["text"]["div"]
    assert "Carga viral &lt;VIH&gt;" in text
    assert not re.search(r"<VIH>", text)


def test_what_the_summary_demands_and_the_record_lacks_is_told_as_unknown() -> None:
    statement = stored(
        resourceType="MedicationStatement",
        id="m",
        status="active",
        subject=ABOUT,
        medicationCodeableConcept={"text": "TLD"},
    )
    nameless = stored(resourceType="Patient", id="p1")
    document = json.loads(summary([nameless, statement], AUTHOR, at=NOON))
    Bundle.model_validate(document)
    patient, told = document["entry"][1]["resource"], document["entry"][2]["resource"]
    unknown = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert patient["_birthDate"]["extension"][0]["url"] == unknown
    assert patient["name"][0]["extension"][0]["valueCode"] == "unknown"
    assert told["_effectiveDateTime"]["extension"][0]["url"] == unknown


def test_a_drug_in_a_resource_of_its_own_is_named_and_comes_along() -> None:
    statement = stored(
        resourceType="MedicationStatement",
        id="m",
        status="active",
        subject=ABOUT,
        medicationReference={"reference": "Medication/d"},
    )
    drug = stored(resourceType="Medication", id="d", code={"text": "Dolutegravir 50 mg"})
    document = made(statement, drug)
    assert "Dolutegravir 50 mg" in sections(document)["10160-0"]["text"]["div"]
    assert "Medication" in {each["resource"]["resourceType"] for each in document["entry"]}


@pytest.mark.parametrize(("language", "title"), [("en", "Medications"), ("pt", "Medicação"), ("qu", "Medicación")])
def test_titles_are_in_the_language_asked_for_or_in_spanish(language: str, title: str) -> None:
    assert sections(made(language=language))["10160-0"]["title"] == title
