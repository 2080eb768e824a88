from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest

from corridor.domain.errors import InvalidError
from corridor.fhir.capability import Server, national_capability
from corridor.fhir.openapi import openapi
from corridor.fhir.openapi_schemas import components
from corridor.fhir.outcome import outcome

SERVER = Server("https://pe.corridor.example/fhir", "0.1.0", datetime(2026, 1, 1, tzinfo=UTC), "The node of Peru.")
STATEMENT = national_capability(SERVER)
DOORS = {
    "read": ("/{id}", "get"),
    "vread": ("/{id}/_history/{version}", "get"),
    "update": ("/{id}", "put"),
    "patch": ("/{id}", "patch"),
    "delete": ("/{id}", "delete"),
    "history-instance": ("/{id}/_history", "get"),
    "history-type": ("/_history", "get"),
    "create": ("", "post"),
    "search-type": ("", "get"),
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(openapi(STATEMENT, token_url="https://pe.corridor.example/auth/token"))
    return made


def test_every_stated_interaction_is_described_and_no_other(document: dict[str, Any]) -> None:
    for stated in json.loads(STATEMENT)["rest"][0]["resource"]:
        codes = {each["code"] for each in stated["interaction"]}
        for code, (path, method) in DOORS.items():
            described = method in document["paths"].get(f"/{stated['type']}{path}", {})
            assert described == (code in codes), (stated["type"], code)


def test_every_stated_search_parameter_is_described(document: dict[str, Any]) -> None:
    for stated in json.loads(STATEMENT)["rest"][0]["resource"]:
        asked = document["paths"][f"/{stated['type']}"]["get"]["parameters"]
        names = {each["name"] for each in asked if each["in"] == "query"}
        assert {each["name"] for each in stated["searchParam"]} <= names


def test_every_stated_operation_is_described(document: dict[str, Any]) -> None:
    for stated in json.loads(STATEMENT)["rest"][0]["resource"]:
        for each in stated.get("operation", []):
            start, end = f"/{stated['type']}", f"/${each['name']}"
            assert any(path.startswith(start) and path.endswith(end) for path in document["paths"])


def test_every_reference_leads_to_a_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named
    assert named <= set(schemas)


def test_a_schema_of_the_document_judges_as_the_node_does() -> None:
    schemas = components(["Patient"])
    schema = {"$ref": "#/components/schemas/Patient", "components": {"schemas": schemas}}
    judge = jsonschema_rs.validator_for(schema)
    assert judge.is_valid({"resourceType": "Patient", "name": [{"family": "Quispe"}]})
    assert not judge.is_valid({"resourceType": "Patient", "gender": "femenino"})


def test_everything_but_the_statement_wants_a_bearer_token(document: dict[str, Any]) -> None:
    assert {"bearer": []} in document["security"]
    free = [path for path, methods in document["paths"].items() for each in methods.values() if "security" in each]
    assert free == ["/metadata"]


def test_a_refusal_of_what_has_no_name_points_at_nothing() -> None:
    _, body = outcome(InvalidError("A value to search for has no control characters.", ("",)))
    assert "expression" not in json.loads(body)["issue"][0]
