"""`$everything`, `$lastn` and `$summary` of a running node, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from tests.doors.running import Node

LOINC = "http://loinc.org"
VIRAL_LOAD, CD4 = "20447-9", "24467-3"


@dataclass(frozen=True)
class Someone:
    """A patient with a drug, six results, and somebody else's result beside them."""

    patient: str
    medication: str
    identifier: str
    results: dict[str, str]


@pytest.fixture(scope="module")
def someone(node: Node) -> Someone:
    identifier = {"system": "urn:x:reading", "value": "r-1"}
    patient = node.make(
        {
            "resourceType": "Patient",
            "identifier": [identifier],
            "name": [{"family": "Mamani"}],
            "birthDate": "1990-01-02",
        }
    )
    medication = node.make({"resourceType": "Medication", "code": {"text": "Dolutegravir 50 mg"}})
    node.make(
        {
            "resourceType": "MedicationStatement",
            "status": "active",
            "subject": {"reference": f"Patient/{patient}"},
            "medicationReference": {"reference": f"Medication/{medication}"},
            "effectivePeriod": {"start": "2025-01-01"},
        }
    )
    results = {
        f"{code}@{day}": node.make(result(patient, code, day))
        for code, day in (
            (VIRAL_LOAD, "2024-01-05"),
            (VIRAL_LOAD, "2025-01-05"),
            (VIRAL_LOAD, "2026-01-05"),
            (CD4, "2024-01-05"),
            (CD4, "2026-01-05"),
        )
    }
    stranger = node.make({"resourceType": "Patient", "name": [{"family": "Otro"}]})
    node.make(result(stranger, VIRAL_LOAD, "2026-06-01"))
    return Someone(patient, medication, "urn:x:reading|r-1", results)


def result(patient: str, code: str, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": 50, "unit": "{copies}/mL"},
    }


def everything(node: Node, path: str) -> list[tuple[str, str]]:
    """Type and id of all entries of all pages."""
    found: list[tuple[str, str]] = []
    while path:
        answer = node.ask("GET", path)
        assert answer.status == 200, answer.body
        Bundle.model_validate_json(answer.body)
        found += [(each["resource"]["resourceType"], each["resource"]["id"]) for each in answer.json.get("entry", ())]
        path = answer.link("next")
    return found


def test_everything_is_the_patient_her_records_and_what_they_refer_to(node: Node, someone: Someone) -> None:
    found = everything(node, f"/fhir/Patient/{someone.patient}/$everything")
    assert found[0] == ("Patient", someone.patient)
    assert {name for kind, name in found if kind == "Observation"} == set(someone.results.values())
    assert ("Medication", someone.medication) in found
    assert len(found) == len(set(found)) == 8


@pytest.mark.parametrize("count", [1, 3, 7])
def test_everything_comes_in_pages_without_loss_or_repetition(count: int, node: Node, someone: Someone) -> None:
    whole = everything(node, f"/fhir/Patient/{someone.patient}/$everything")
    paged = everything(node, f"/fhir/Patient/{someone.patient}/$everything?_count={count}")
    assert set(paged) == set(whole)


def test_everything_is_narrowed_by_type_and_by_time(node: Node, someone: Someone) -> None:
    base = f"/fhir/Patient/{someone.patient}/$everything"
    assert {kind for kind, _ in everything(node, f"{base}?_type=Observation")} == {"Observation"}
    late = everything(node, f"{base}?_type=Observation&start=2026-01-01")
    assert {name for _, name in late} == {someone.results[f"{code}@2026-01-05"] for code in (VIRAL_LOAD, CD4)}
    assert everything(node, f"{base}?_since=2999") == []


def test_lastn_gives_the_newest_of_each_code(node: Node, someone: Someone) -> None:
    answer = node.get(f"Observation/$lastn?patient={someone.patient}")
    assert set(answer.ids) == {someone.results[f"{code}@2026-01-05"] for code in (VIRAL_LOAD, CD4)}
    two = node.get(f"Observation/$lastn?patient={someone.patient}&code={VIRAL_LOAD}&max=2")
    assert two.ids == [someone.results[f"{VIRAL_LOAD}@{day}"] for day in ("2026-01-05", "2025-01-05")]


def test_a_summary_is_a_document_that_can_be_asked_for_by_id_or_identifier(node: Node, someone: Someone) -> None:
    by_id = node.get(f"Patient/{someone.patient}/$summary", accept_language="en, es;q=0.5")
    by_identifier = node.get(f"Patient/$summary?identifier={someone.identifier}")
    for answer in (by_id, by_identifier):
        assert answer.status == 200, answer.body
        Bundle.model_validate_json(answer.body)
        assert answer.json["type"] == "document"
        text = str(answer.json["entry"][0]["resource"]["section"])
        assert "Dolutegravir 50 mg" in text
        assert "50 {copies}/mL" in text
    assert by_id.json["entry"][0]["resource"]["title"] == "International Patient Summary"
    assert by_identifier.json["entry"][0]["resource"]["title"] == "Resumen internacional del paciente"


def test_operations_can_be_asked_by_post(node: Node, someone: Someone) -> None:
    parts = [{"name": "_type", "valueCode": "Patient"}]
    body = {"resourceType": "Parameters", "parameter": parts}
    answer = node.ask("POST", f"/fhir/Patient/{someone.patient}/$everything", body)
    assert answer.ids == [someone.patient]


@pytest.mark.parametrize("role", ["auditor", "operator", ""])
@pytest.mark.parametrize("path", ["Patient/{0}/$everything", "Patient/{0}/$summary", "Observation/$lastn?patient={0}"])
def test_nobody_else_reads_a_whole_record(path: str, role: str, node: Node, someone: Someone) -> None:
    answer = node.get(path.format(someone.patient), role=role)
    assert (answer.status, answer.json["resourceType"]) == (403 if role else 401, "OperationOutcome")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Patient/nobody/$everything", 404),
        ("Patient/a_b/$everything", 404),
        ("Patient/{0}/$everything?_typ=Observation", 400),
        ("Patient/{0}/$everything?_count=0", 400),
        ("Patient/{0}/$everything?_cursor=abc", 400),
        ("Patient/{0}/$everything?start=2026-13", 400),
        ("Patient/nobody/$summary", 404),
        ("Patient/$summary", 400),
        ("Patient/$summary?identifier=urn:x:reading|nobody", 404),
        ("Patient/{0}/$summary?profile=http://example.org/other", 400),
        ("Observation/$lastn", 400),
        ("Observation/$lastn?patient={0}&max=0", 400),
        ("Observation/$lastn?patient={0}&colour=red", 400),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(path: str, status: int, node: Node, someone: Someone) -> None:
    answer = node.get(path.format(someone.patient))
    assert (answer.status, answer.json["resourceType"]) == (status, "OperationOutcome")


def test_each_look_at_a_whole_record_is_in_the_log(node: Node, someone: Someone) -> None:
    query = f"AuditEvent?patient=Patient/{someone.patient}&_sort=-date&_count=3"
    node.get(f"Patient/{someone.patient}/$summary")
    newest = node.get(query, role="auditor").json["entry"][0]["resource"]
    assert newest["outcome"] == "0"
    assert f"Patient/{someone.patient}" in str(newest["entity"])
