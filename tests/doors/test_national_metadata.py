"""What the node says of itself without a login is true."""

from __future__ import annotations

from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node
from tests.doors.samples import SAMPLES, TYPES, Town


@pytest.fixture(scope="session")
def statement(node: Node) -> dict[str, Any]:
    """The statement, read by nobody in particular."""
    answer = node.get("metadata", role="")
    assert answer.status == 200
    CapabilityStatement.model_validate_json(answer.body)
    stated: dict[str, Any] = answer.json
    return stated


def test_the_statement_names_the_base_and_its_types(statement: dict[str, Any]) -> None:
    assert statement["implementation"]["url"] == BASE
    assert statement["fhirVersion"] == "4.0.1"
    types = [each["type"] for each in statement["rest"][0]["resource"]]
    assert set(types) == {*TYPES, "AuditEvent"}


def test_every_stated_interaction_and_no_other_is_there(node: Node, statement: dict[str, Any]) -> None:
    for stated in statement["rest"][0]["resource"]:
        kind = stated["type"]
        role = "auditor" if kind == "AuditEvent" else "programme"
        codes = {each["code"] for each in stated["interaction"]}
        doors = {
            "read": node.ask("GET", f"/fhir/{kind}/x", role=role),
            "vread": node.ask("GET", f"/fhir/{kind}/x/_history/1", role=role),
            "search-type": node.ask("GET", f"/fhir/{kind}?_count=1", role=role),
            "create": node.ask("POST", f"/fhir/{kind}", {"resourceType": kind}, role=role),
            "update": node.ask("PUT", f"/fhir/{kind}/x", {"resourceType": kind, "id": "x"}, role=role),
            "delete": node.ask("DELETE", f"/fhir/{kind}/x", role=role),
        }
        there = {code for code, answer in doors.items() if not _refuses(answer.status, answer.body)}
        assert there == codes, kind


def _refuses(status: int, body: bytes) -> bool:
    return status in {403, 405} or (status == 400 and b'"not-supported"' in body)


def test_every_stated_parameter_and_no_other_is_known(node: Node, statement: dict[str, Any]) -> None:
    for stated in statement["rest"][0]["resource"]:
        kind = stated["type"]
        names = {each["name"]: each["type"] for each in stated["searchParam"]}
        for name in names:
            role = "auditor" if kind == "AuditEvent" else "programme"
            answer = node.get(f"{kind}?{name}:missing=false&_count=1", role=role, prefer="handling=strict")
            assert answer.status == 200, (kind, name, answer.body)
        if kind in SAMPLES:
            sampled = {*SAMPLES[kind]["found_by"], *SAMPLES[kind].get("unmatched", [])}
            assert set(names) == sampled | {"_id", "_lastUpdated"}
    refused(node.get("Patient?favourite=blue", prefer="handling=strict"), 400, "not-supported")


def test_every_stated_operation_is_there(node: Node, town: Town, statement: dict[str, Any]) -> None:
    (patient,) = (each for each in statement["rest"][0]["resource"] if each["type"] == "Patient")
    assert {each["name"] for each in patient["operation"]} == {"match", "pull-history", "withdraw-consent"}
    for path in ("$match", f"{town.ids['patient']}/$pull-history", f"{town.ids['patient']}/$withdraw-consent"):
        assert node.ask("GET", f"/fhir/Patient/{path}").status == 405
    assert {each["code"] for each in statement["rest"][0]["interaction"]} == {"transaction", "batch"}


def test_versions_and_conditions_are_as_stated(node: Node, statement: dict[str, Any]) -> None:
    for stated in statement["rest"][0]["resource"]:
        assert (stated["versioning"], stated["readHistory"]) == ("versioned", True)
        assert stated["conditionalRead"] == "not-match"
        assert stated["conditionalCreate"] is stated["updateCreate"] is (stated["type"] != "AuditEvent")
        assert (stated["conditionalUpdate"], stated["conditionalDelete"]) == (False, "not-supported")
    for method in ("PUT", "DELETE"):
        refused(node.ask(method, "/fhir/Location?identifier=x", {} if method == "PUT" else None), 405, "not-supported")


def test_everything_else_wants_a_login(node: Node, town: Town) -> None:
    for method, path in (
        ("GET", "Patient"), ("GET", f"Patient/{town.ids['patient']}"), ("GET", "AuditEvent"), ("POST", "Patient"),
        ("PUT", "Patient/x"), ("DELETE", "Patient/x"), ("POST", ""), ("POST", "Patient/$match"),
        ("POST", "Patient/_search"), ("POST", "Patient/x/$pull-history"), ("GET", "Patient/x/_history/1"),
        ("POST", "Patient/x/$withdraw-consent"),
    ):  # fmt: skip
        for authorization in ("", "Bearer wrong", "Bearer", "Basic cm9zYTp4", "Bearer \u00e4\u00f6"):
            headers = {"authorization": authorization} if authorization else {}
            answer = node.ask(method, f"/fhir/{path}", {} if method in {"POST", "PUT"} else None, role="", **headers)
            refused(answer, 401, "login")
            assert answer.headers["www-authenticate"] == "Bearer"


def test_the_statement_is_spoken_in_json_only(node: Node) -> None:
    refused(node.get("metadata", role="", accept="application/fhir+xml"), 406, "not-supported")
    refused(node.get("metadata?_format=xml", role=""), 406, "not-supported")
    assert node.get("metadata?_format=json", role="", accept="application/fhir+xml").status == 200


def test_health_says_that_the_node_runs_and_nothing_of_anyone(node: Node) -> None:
    answer = node.send("GET", "/health")
    assert (answer.status, answer.json["status"]) == (200, "ok")
    assert set(answer.json) == {"status", "waiting"}


def test_every_answer_bears_the_id_of_its_request(node: Node) -> None:
    assert node.get("metadata", role="", x_request_id="lab-77").headers["x-request-id"] == "lab-77"
    for wrong in ("a b", "x" * 65, "\u00e4", "<script>"):
        made = node.get("metadata", role="", x_request_id=wrong).headers["x-request-id"]
        assert made != wrong
        assert len(made) == 16
