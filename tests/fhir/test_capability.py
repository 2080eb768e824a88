from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationdefinition import OperationDefinition

from corridor.domain.errors import NotFoundError
from corridor.fhir.capability import (
    EXCHANGED,
    Server,
    exchange_capability,
    national_capability,
    requirements,
)
from corridor.fhir.operation_definition import DEFINITIONS, operation_definition
from corridor.fhir.parameters import known_parameters
from corridor.fhir.published import PUBLISHED
from corridor.fhir.schema import HELD
from corridor.fhir.search import read_search

PATIENTS = [f"https://corridor.example/fhir/StructureDefinition/patient-{each}" for each in ("exchange", "national")]
PROFILES = Path(__file__).parents[2] / "profiles"
SERVER = Server("https://pe.corridor.example/fhir", "0.1.0", datetime(2026, 1, 1, tzinfo=UTC), "The node of Peru.")
VALUES = {"token": "true", "string": "a", "date": "2024", "reference": "a", "uri": "urn:a", "quantity": "1"}


def stated(raw: bytes) -> dict[str, Any]:
    CapabilityStatement.model_validate_json(raw)
    content: dict[str, Any] = json.loads(raw)
    return content


def test_the_national_base_states_every_type_that_it_holds() -> None:
    content = stated(national_capability(SERVER))
    rows = {row["type"]: row for row in content["rest"][0]["resource"]}
    assert tuple(rows) == (*HELD, *PUBLISHED)
    assert content["fhirVersion"] == "4.0.1"
    assert "https://corridor.example/fhir/CapabilityStatement/national" in content["instantiates"]
    assert {row["code"] for row in rows["AuditEvent"]["interaction"]} == {
        "read",
        "vread",
        "history-instance",
        "history-type",
        "search-type",
    }
    assert {"match", "pull-history", "withdraw-consent"} <= {row["name"] for row in rows["Patient"]["operation"]}
    assert all("validate" in {op["name"] for op in rows[name]["operation"]} for name in HELD)
    assert all(url in rows["Patient"]["supportedProfile"] for url in PATIENTS)


def test_every_stated_search_parameter_is_understood() -> None:
    rows = stated(national_capability(SERVER))["rest"][0]["resource"]
    for row in (each for each in rows if each["type"] in HELD):
        for parameter in row["searchParam"]:
            parts = known_parameters(row["type"])[parameter["name"]].components
            value = "$".join(VALUES[part.kind] for part in parts) or VALUES[parameter["type"]]
            read_search(row["type"], [(parameter["name"], value)], strict=True)
        for name, stated_name in (("_include", "searchInclude"), ("_revinclude", "searchRevInclude")):
            for value in row.get(stated_name, ()):
                read_search(row["type"], [(name, value)], strict=True)


def test_the_exchange_base_states_nothing_but_reads_and_searches_of_what_may_cross() -> None:
    rows = stated(exchange_capability(SERVER))["rest"][0]["resource"]
    assert tuple(row["type"] for row in rows) == EXCHANGED
    assert {each["code"] for row in rows for each in row["interaction"]} == {"read", "search-type"}


@pytest.mark.parametrize("base", ["national", "exchange"])
def test_the_published_statement_is_the_one_that_nodes_instantiate(base: str) -> None:
    raw = requirements(base)
    assert stated(raw)["kind"] == "requirements"
    assert (PROFILES / f"CapabilityStatement-{base}.json").read_bytes() == raw + b"\n"


@pytest.mark.parametrize("code", DEFINITIONS)
def test_the_published_operation_is_the_one_that_nodes_serve(code: str) -> None:
    raw = operation_definition(code)
    OperationDefinition.model_validate_json(raw)
    assert (PROFILES / f"OperationDefinition-{code}.json").read_bytes() == raw + b"\n"


def test_an_operation_of_another_base_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        operation_definition("everything")
