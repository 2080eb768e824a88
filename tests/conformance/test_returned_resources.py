"""Every resource that the node returns, read by two validators: Pyrofile and `fhir.resources`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig

from corridor.fhir.schema import HELD
from tests.conformance.deviations import judge
from tests.conformance.serving import FHIR_JSON, Served
from tests.conformance.work import family, newcomer

BUILT = Path(__file__).parents[2] / "profiles" / "built"
TRACED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_PLACE = re.compile(r"\[\d+]")
_MANY = 300
"""Of one type: the log grows while it is read."""


def test_every_resource_and_every_bundle_is_valid(node: Served) -> None:
    validator = Validator(ValidatorConfig.load_dict({"fhirVersion": "4.0.1", "localPackagePaths": [str(BUILT)]}))
    complaints, seen = dict[str, str](), 0
    _leave(node)
    for resource in _returned(node):
        seen += 1
        complaints |= _pyrofile(validator, resource) | _models(resource)
    assert seen > 400
    judge("pyrofile and fhir.resources", complaints)


def _leave(node: Served) -> None:
    """A person who was changed and deleted, and a request of a traced caller: what histories and the log then hold."""
    patient = node.make(newcomer(family()))
    changed = {**newcomer(family()), "id": patient}
    node.request("PUT", f"Patient/{patient}", json=changed, headers={"content-type": FHIR_JSON}).raise_for_status()
    node.request("DELETE", f"Patient/{patient}", headers={"traceparent": TRACED}).raise_for_status()


def _returned(node: Served) -> Iterator[dict[str, Any]]:
    """Resources one by one, then the answers that they came in and what else the node says."""
    for resource_type in HELD:
        role = "auditor" if resource_type == "AuditEvent" else "programme"
        address, found = f"{resource_type}?_count=50", 0
        while address and found < _MANY:
            bundle = node.request("GET", address, role=role).raise_for_status().json()
            resources = [each["resource"] for each in bundle.get("entry", ())]
            found += len(resources)
            yield from resources
            yield bundle
            address = next((each["url"] for each in bundle["link"] if each["relation"] == "next"), "")
        assert found, resource_type
    yield from _said(node)


def _said(node: Served) -> Iterator[dict[str, Any]]:
    """Answers that are not found by a search."""
    patient = node.ids["patient"]
    for path in ("metadata", f"Patient/{patient}/_history", "Patient/_history?_count=10", "Patient/nobody"):
        yield node.request("GET", path).json()
    for path in (
        f"Patient/{patient}/$everything",
        f"Patient/{patient}/$summary",
        f"Observation/$lastn?patient={patient}",
    ):
        yield node.request("GET", path).raise_for_status().json()
    yield node.request("GET", "Patient?favourite=blue").raise_for_status().json()
    yield node.request("GET", "Patient?favourite=blue", headers={"prefer": "handling=strict"}).json()


def _pyrofile(validator: Validator, resource: dict[str, Any]) -> dict[str, str]:
    kind = resource["resourceType"]
    return {
        f"{each.code} {_PLACE.sub('', each.path or kind)}": each.message
        for each in validator.validate_resource(resource).errors
    }


def _models(resource: dict[str, Any]) -> dict[str, str]:
    kind = resource["resourceType"]
    try:
        get_fhir_model_class(kind).model_validate_json(json.dumps(resource))
    except ValidationError as error:
        return {f"model {kind} {'.'.join(map(str, each['loc']))}": each["msg"] for each in error.errors()}
    return {}
