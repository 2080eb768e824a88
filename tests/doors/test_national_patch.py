"""Patches over the wire: in every form, on a version, on a condition, and thirty at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.doors.outcomes import refused
from tests.doors.running import Node
from tests.doors.samples import Town

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
RENAMED = [{"op": "replace", "path": "/name/0/family", "value": "Quispe"}]
FHIRPATH = {
    "resourceType": "Parameters",
    "parameter": [
        {
            "name": "operation",
            "part": [
                {"name": "type", "valueCode": "replace"},
                {"name": "path", "valueString": "Patient.name.first().family"},
                {"name": "value", "valueString": "Quispe"},
            ],
        }
    ],
}
FHIRPATH_XML = (
    b'<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>'
    b'<part><name value="type"/><valueCode value="replace"/></part>'
    b'<part><name value="path"/><valueString value="Patient.name.first().family"/></part>'
    b'<part><name value="value"/><valueString value="Quispe"/></part></parameter></Parameters>'
)


@pytest.fixture
def person(node: Node, town: Town) -> str:
    """Somebody to patch."""
    return node.make(town.resource("Patient"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RENAMED, JSON_PATCH),
        (FHIRPATH, "application/fhir+json"),
        (FHIRPATH_XML, "application/fhir+xml"),
        ({"name": [{"family": "Quispe"}]}, MERGE_PATCH),
        ({"name": [{"family": "Quispe"}]}, "application/json"),
        ({"name": [{"family": "Quispe"}]}, "application/fhir+json; charset=utf-8"),
    ],
)
def test_every_form_of_patch_makes_the_next_version(node: Node, person: str, body: Any, kind: str) -> None:
    answer = node.ask("PATCH", f"/fhir/Patient/{person}", body, content_type=kind)
    assert (answer.status, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.headers["location"].endswith(f"/Patient/{person}/_history/2")
    assert answer.json["name"][0]["family"] == "Quispe"
    assert answer.body == node.get(f"Patient/{person}").body
    assert node.get(f"Patient?_id={person}&family=quispe").ids == [person]


def test_decimals_stay_as_they_were_written(node: Node, town: Town) -> None:
    weight = town.resource("Observation") | {"valueQuantity": {"value": 0, "unit": "kg"}}
    weight.pop("component", None)
    raw = orjson.dumps(weight).replace(b'"value":0', b'"value":72.50')
    made = node.ask("POST", "/fhir/Observation", raw).json["id"]
    note = b"""[{"op":"add","path":"/note","value":[{"text":"72.50"}]},
    {"op":"test","path":"/valueQuantity/value","value":72.5}]"""
    answer = node.ask("PATCH", f"/fhir/Observation/{made}", note, content_type=JSON_PATCH)
    assert b'"value":72.50' in answer.body


def test_a_patch_can_be_bound_to_a_version_and_prefer_no_answer(node: Node, person: str) -> None:
    path = f"/fhir/Patient/{person}"
    more = {"content_type": JSON_PATCH, "prefer": "return=minimal"}
    answer = node.ask("PATCH", path, RENAMED, if_match='W/"1"', **more)
    assert (answer.status, answer.body) == (200, b"")
    refused(node.ask("PATCH", path, RENAMED, if_match='W/"1"', **more), 412, "conflict")
    told = node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH, prefer="return=OperationOutcome")
    assert told.json["resourceType"] == "OperationOutcome"


def test_what_is_not_there_is_not_patched(node: Node, person: str) -> None:
    refused(node.ask("PATCH", f"/fhir/Patient/{uuid4()}", RENAMED, content_type=JSON_PATCH), 404, "not-found")
    assert node.ask("DELETE", f"/fhir/Patient/{person}").status == 204
    refused(node.ask("PATCH", f"/fhir/Patient/{person}", RENAMED, content_type=JSON_PATCH), 410, "deleted")


def test_a_patch_on_a_condition_needs_exactly_one(node: Node, town: Town) -> None:
    value = uuid4().hex
    marked = town.resource("Patient") | {"identifier": [{"system": "urn:test", "value": value}]}
    path = f"/fhir/Patient?identifier=urn:test|{value}"
    refused(node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH), 404, "not-found")
    first = node.make(marked)
    answer = node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH)
    assert (answer.status, answer.json["id"], answer.headers["etag"]) == (200, first, 'W/"2"')
    refused(node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH, if_match='W/"1"'), 412, "conflict")
    node.make(marked)
    refused(node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH), 412, "conflict")
    refused(node.ask("PATCH", "/fhir/Patient", RENAMED, content_type=JSON_PATCH), 400, "invalid")
    refused(node.ask("PATCH", "/fhir/Patient?shoe=7", RENAMED, content_type=JSON_PATCH), 400, "not-supported")


def test_thirty_patches_at_once_all_arrive(node: Node, person: str) -> None:
    def add(number: int) -> int:
        patch = [{"op": "add", "path": "/telecom/-", "value": {"system": "other", "value": str(number)}}]
        return node.ask("PATCH", f"/fhir/Patient/{person}", patch, content_type=JSON_PATCH).status

    node.ask("PATCH", f"/fhir/Patient/{person}", {"telecom": [{"system": "other", "value": "-1"}]})
    with ThreadPoolExecutor(30) as pool:
        assert {*pool.map(add, range(30))} == {200}
    read = node.get(f"Patient/{person}").json
    assert {each["value"] for each in read["telecom"]} == {str(number) for number in range(-1, 30)}
    assert read["meta"]["versionId"] == "32"


def test_a_consent_that_is_patched_to_inactive_is_withdrawn(node: Node, town: Town) -> None:
    made = node.make(town.resource("Consent"))
    before = node.rows()["withdrawal"]
    answer = node.ask("PATCH", f"/fhir/Consent/{made}", {"status": "inactive"})
    assert answer.status == 200, answer.body
    assert node.rows()["withdrawal"] == before + 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([{"op": "replace", "path": "/gender", "value": "femenino"}], 400, "code-invalid"),
        ([{"op": "add", "path": "/shoeSize", "value": 38}], 400, "structure"),
        ([{"op": "test", "path": "/active", "value": False}], 422, "processing"),
        ([{"op": "replace", "path": "/id", "value": "x"}], 422, "processing"),
        ([{"op": "erase", "path": "/id"}], 400, "invalid"),
        (b"[", 400, "structure"),
    ],
)
def test_a_patch_that_makes_no_good_resource_changes_nothing(
    node: Node, person: str, body: Any, status: int, code: str
) -> None:
    before = node.rows()
    refused(node.ask("PATCH", f"/fhir/Patient/{person}", body, content_type=JSON_PATCH), status, code)
    assert node.rows() == before


def test_rights_and_media_types_are_checked_first(node: Node, person: str) -> None:
    path = f"/fhir/Patient/{person}"
    refused(node.ask("PATCH", path, RENAMED, content_type="text/plain"), 415, "not-supported")
    refused(node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH, role="auditor"), 403, "forbidden")
    refused(node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH, role=""), 401, "login")
    assert node.ask("PATCH", path, RENAMED, content_type=JSON_PATCH, role="clinician").status == 200
