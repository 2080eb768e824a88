"""`$validate` says everything that is wrong, with 200, and writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.doors.outcomes import issues, refused
from tests.doors.running import Node, Reply
from tests.doors.samples import SAMPLES, Town

PROFILE = "https://corridor.example/fhir/StructureDefinition/"
EXAMPLES = sorted((Path(__file__).parents[2] / "profiles" / "examples").glob("*.json"))
PATIENT = {"resourceType": "Patient", "name": [{"text": "Luz"}]}


def asked(resource: Any = None, **more: str) -> dict[str, Any]:
    """The Parameters of a call."""
    names = {"mode": "valueCode", "profile": "valueUri"}
    listed: list[dict[str, Any]] = [{"name": name, names[name]: value} for name, value in more.items()]
    if resource is not None:
        listed.append({"name": "resource", "resource": resource})
    return {"resourceType": "Parameters", "parameter": listed}


def found(answer: Reply) -> list[tuple[str, str, str]]:
    """Severity, type and place of each issue of an answer that is 200."""
    listed = issues(answer)
    assert answer.status == 200
    return [(each["severity"], each["code"], each.get("expression", [""])[0]) for each in listed]


@pytest.mark.parametrize("resource_type", SAMPLES)
def test_what_can_be_written_is_fine_and_is_not_written(node: Node, town: Town, resource_type: str) -> None:
    before = node.rows()
    for body in (town.resource(resource_type), asked(town.resource(resource_type), mode="create")):
        answer = found(node.ask("POST", f"/fhir/{resource_type}/$validate", body))
        assert {severity for severity, _, _ in answer} <= {"information", "warning"}, answer
    assert node.rows() == before


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_keeps_its_profile(node: Node, path: Path) -> None:
    resource = orjson.loads(path.read_bytes())
    answer = found(node.ask("POST", f"/fhir/{resource['resourceType']}/$validate", resource))
    assert [each for each in answer if each[0] == "error"] == []


def test_everything_that_is_wrong_is_listed(node: Node) -> None:
    resource = {
        "resourceType": "Observation",
        "status": "done",
        "code": {"text": "x"},
        "effectiveDateTime": "2024-02-30",
        "favourite": "blue",
        "subject": {"reference": "Location/x"},
    }
    answer = found(node.ask("POST", "/fhir/Observation/$validate", resource))
    assert {place for _, _, place in answer} >= {
        "Observation.status",
        "Observation.effectiveDateTime",
        "Observation.favourite",
    }
    assert {severity for severity, _, _ in answer} == {"error"}


def test_a_profile_is_checked_when_it_is_named_or_claimed(node: Node) -> None:
    for body in (
        asked(PATIENT, profile=f"{PROFILE}patient-national"),
        asked(PATIENT, profile=f"{PROFILE}patient-national", mode="profile"),
        PATIENT | {"meta": {"profile": [f"{PROFILE}patient-national"]}},
    ):
        answer = found(node.ask("POST", "/fhir/Patient/$validate", body))
        assert ("error", "required", "Patient.identifier") in answer


def test_an_invariant_of_a_profile_is_checked(node: Node) -> None:
    resource = {
        "resourceType": "Patient",
        "birthDate": "1988-04-17",
        "meta": {"profile": [f"{PROFILE}patient-exchange"]},
    }
    answer = found(node.ask("POST", "/fhir/Patient/$validate", resource))
    assert ("error", "invariant", "Patient.birthDate") in answer


def test_a_profile_that_is_not_here_is_told_and_never_passed_over(node: Node) -> None:
    other = "https://profiles.ihe.net/ITI/PDQm/StructureDefinition/IHE.PDQm.Patient"
    named = found(node.ask("POST", "/fhir/Patient/$validate", asked(PATIENT, profile=other)))
    assert ("error", "not-found", "Patient.meta.profile") in named
    claimed = found(node.ask("POST", "/fhir/Patient/$validate", PATIENT | {"meta": {"profile": [other]}}))
    assert ("information", "not-found", "Patient.meta.profile") in claimed
    assert "error" not in {severity for severity, _, _ in claimed}


def test_a_write_that_breaks_a_profile_it_claims_is_refused(node: Node) -> None:
    before = node.rows()
    resource = PATIENT | {"meta": {"profile": [f"{PROFILE}patient-national"]}}
    refused(node.ask("POST", "/fhir/Patient", resource), 422, "required")
    assert node.rows() == before


def test_a_wrong_check_digit_is_a_warning(node: Node) -> None:
    number = {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}]},
              "system": "urn:oid:2.16.152", "value": "12.345.678-9"}  # fmt: skip
    resource = PATIENT | {"identifier": [number]}
    answer = found(node.ask("POST", "/fhir/Patient/$validate", resource))
    assert ("warning", "value", "Patient.identifier[0]") in answer
    assert "error" not in {severity for severity, _, _ in answer}


def test_a_wrong_check_digit_is_told_to_who_writes_it_and_wants_to_know(node: Node) -> None:
    number = {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}]},
              "system": "urn:oid:2.16.218", "value": "1710034066"}  # fmt: skip
    resource = PATIENT | {"identifier": [number]}
    answer = node.ask("POST", "/fhir/Patient", resource, prefer="return=OperationOutcome")
    assert answer.status == 201
    assert [each["severity"] for each in issues(answer)] == ["information", "warning"]
    entry = {"resource": resource, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    told = node.ask("POST", "/fhir", bundle, prefer="return=OperationOutcome").json["entry"][0]["response"]["outcome"]
    assert [each["severity"] for each in told["issue"]] == ["information", "warning"]


def test_a_code_of_others_is_a_warning_and_is_written(node: Node) -> None:
    resource = PATIENT | {"maritalStatus": {"coding": [{"system": "urn:local", "code": "x"}]}}
    answer = found(node.ask("POST", "/fhir/Patient/$validate", resource))
    assert answer == [("warning", "code-invalid", "Patient.maritalStatus")]
    written = node.ask("POST", "/fhir/Patient", resource, prefer="return=OperationOutcome")
    assert written.status == 201
    assert [each["severity"] for each in issues(written)] == ["information", "warning"]


def test_the_stored_resource_is_validated_where_none_is_sent_and_that_is_a_read(node: Node, town: Town) -> None:
    patient = town.ids["patient"]
    for body in (None, asked(profile=f"{PROFILE}patient-exchange")):
        answer = found(node.ask("POST", f"/fhir/Patient/{patient}/$validate", body))
        assert (("error", "structure", "Patient.name") in answer) is (body is not None)
    log = node.get(f"AuditEvent?entity=Patient/{patient}&_count=1&_sort=-date", role="auditor").json
    assert log["entry"][0]["resource"]["subtype"][0]["code"] == "read"
    refused(node.ask("POST", "/fhir/Patient/nobody/$validate"), 404, "not-found")
    refused(node.ask("POST", f"/fhir/Patient/{patient}/$validate", role="auditor"), 403, "forbidden")


def test_an_update_has_the_id_of_its_address(node: Node, town: Town) -> None:
    patient = town.ids["patient"]
    good = asked(PATIENT | {"id": patient}, mode="update")
    assert found(node.ask("POST", f"/fhir/Patient/{patient}/$validate", good))[0][0] == "information"
    for resource in (PATIENT, PATIENT | {"id": "other"}):
        answer = found(node.ask("POST", f"/fhir/Patient/{patient}/$validate", asked(resource, mode="update")))
        assert ("error", "invalid", "Patient.id") in answer


def test_what_nobody_may_write_is_told_by_the_mode(node: Node, town: Town) -> None:
    audit = orjson.loads(EXAMPLES[0].read_bytes())
    assert ("error", "not-supported", "") in found(
        node.ask("POST", "/fhir/AuditEvent/$validate", asked(audit, mode="create"))
    )
    assert ("error", "not-supported", "") in found(
        node.ask("POST", "/fhir/AuditEvent/a/$validate", asked(mode="delete"))
    )
    patient = town.ids["patient"]
    answer = found(node.ask("POST", f"/fhir/Patient/{patient}/$validate", asked(mode="delete")))
    assert answer == [("information", "informational", "")]


def test_a_consent_to_exchange_that_could_not_be_read_is_wrong(node: Node) -> None:
    consent = orjson.loads(next(each for each in EXAMPLES if each.name.startswith("Consent")).read_bytes())
    del consent["meta"]
    consent["provision"]["provision"][0]["purpose"][0]["code"] = "HLEGAL"
    assert ("error", "invalid", "Consent.provision.provision[0].purpose") in found(
        node.ask("POST", "/fhir/Consent/$validate", consent)
    )


def test_a_resource_of_another_type_is_wrong(node: Node) -> None:
    answer = found(node.ask("POST", "/fhir/Observation/$validate", PATIENT))
    assert answer == [("error", "invalid", "resourceType")]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("Patient/$validate", None, 400, "invalid"),
        ("Patient/$validate", b"{", 400, "structure"),
        ("Patient/$validate", b"[]", 400, "invalid"),
        ("Patient/$validate", b'{"resourceType":"Patient","resourceType":"Patient"}', 400, "structure"),
        ("Patient/$validate", {"name": []}, 400, "invalid"),
        ("Patient/$validate", {"resourceType": "Pacient"}, 400, "not-supported"),
        ("Patient/$validate", {"resourceType": "Parameters", "id": "x"}, 400, "invalid"),
        ("Patient/$validate", asked(mode="delete"), 400, "invalid"),
        ("Patient/$validate", asked(PATIENT, mode="perhaps"), 400, "code-invalid"),
        ("Patient/$validate", asked(PATIENT, mode="profile"), 400, "invalid"),
        ("Patient/$validate", asked({"resourceType": "Pacient", "id": "x"}), 400, "not-supported"),
        ("Patient/$validate", {"resourceType": "Parameters", "parameter": [{"name": "resource"}]}, 400, "invalid"),
        ("Patient/$validate", {"resourceType": "Parameters", "parameter": [{"name": "other", "valueCode": "x"}]}, 400,
         "invalid"),
        ("Patient/$validate", {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueInteger": 1}]}, 400,
         "invalid"),
        ("Patient/$validate", {"resourceType": "Parameters", "parameter": [{"value": 1}]}, 400, "structure"),
        ("Pacient/$validate", PATIENT, 404, "not-found"),
        ("Claim/$validate", PATIENT, 404, "not-found"),
        ("Patient/a%20b/$validate", PATIENT, 404, "not-found"),
    ],
)  # fmt: skip
def test_a_malformed_call_is_refused(node: Node, path: str, body: Any, status: int, code: str) -> None:
    refused(node.ask("POST", f"/fhir/{path}", body), status, code)


def test_it_wants_a_login_and_post_and_fhir(node: Node) -> None:
    refused(node.ask("POST", "/fhir/Patient/$validate", PATIENT, role=""), 401, "login")
    refused(node.ask("GET", "/fhir/Patient/$validate"), 405, "not-supported")
    refused(node.ask("POST", "/fhir/Patient/$validate", PATIENT, content_type="text/plain"), 415, "not-supported")
