"""A reference by this node's own address is a reference to a record of this node, however it is written down."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node
from tests.doors.test_bulk_import import imported

CODE = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}


def weighing(of: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": CODE, "subject": {"reference": of}, **more}


@pytest.fixture
def person(node: Node) -> str:
    """Somebody of whom nothing is known yet."""
    return node.make({"resourceType": "Patient", "name": [{"family": "Alejo"}]})


def in_bundle(node: Node, kind: str, resource: dict[str, Any]) -> None:
    entry = {"resource": resource, "request": {"method": "POST", "url": "Observation"}}
    answer = node.ask("POST", "/fhir", {"resourceType": "Bundle", "type": kind, "entry": [entry]})
    assert answer.json["entry"][0]["response"]["status"].startswith("201"), answer.body


def by_patch(node: Node, resource: dict[str, Any]) -> None:
    made = node.make(weighing("http://elsewhere.example/fhir/Patient/1"))
    patch = {"subject": resource["subject"]}
    answer = node.ask("PATCH", f"/fhir/Observation/{made}", patch, content_type="application/merge-patch+json")
    assert answer.status == 200, answer.body


WRITTEN = {
    "create": lambda node, resource: node.make(resource),
    "batch": lambda node, resource: in_bundle(node, "batch", resource),
    "transaction": lambda node, resource: in_bundle(node, "transaction", resource),
    "patch": by_patch,
    "import": lambda node, resource: imported(node, {**resource, "id": resource["subject"]["reference"][-36:] + "w"}),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_it_is_found_like_any_other(node: Node, person: str, way: str) -> None:
    WRITTEN[way](node, weighing(f"{BASE}/Patient/{person}"))
    (found,) = node.get(f"Observation?patient={person}").json["entry"]
    assert found["resource"]["subject"] == {"reference": f"Patient/{person}"}
    (made,) = node.get(f"Observation?subject={BASE}/Patient/{person}").ids
    assert node.get("Observation?patient.family=alejo&_count=500").ids.count(made) == 1
    along = node.get(f"Patient?_id={person}&_revinclude=Observation:subject").json["entry"]
    assert [each["resource"]["id"] for each in along] == [person, made]
    everything = node.get(f"Patient/{person}/$everything").json["entry"]
    assert made in {each["resource"]["id"] for each in everything}


def test_what_is_no_reference_to_a_resource_stays(node: Node, person: str) -> None:
    note = {"text": f'"reference":"{BASE}/Patient/{person}"'}
    extension = {"url": "urn:x", "valueUri": f"{BASE}/Patient/{person}"}
    other = {"reference": f"{BASE}x/Patient/{person}"}
    resource = weighing(f"Patient/{person}", note=[note], extension=[extension], performer=[other])
    stored = node.get(f"Observation/{node.make(resource)}").json
    assert {name: stored[name] for name in ("note", "extension", "performer")} == {
        "note": [note],
        "extension": [extension],
        "performer": [other],
    }


def test_slashes_may_be_escaped(node: Node, person: str) -> None:
    raw = orjson.dumps(weighing(f"{BASE}/Patient/{person}", valueQuantity={"value": 0}))
    raw = raw.replace(b"/", b"\\/").replace(b'"value":0', b'"value":72.50')
    made = node.ask("POST", "/fhir/Observation", raw).json["id"]
    assert node.get(f"Observation?patient={person}").ids == [made]
    assert b"72.50" in node.get(f"Observation/{made}").body


def test_in_a_transaction_it_names_somebody_who_is_there(node: Node) -> None:
    entry = {"resource": weighing(f"{BASE}/Patient/nobody"), "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    refused(node.ask("POST", "/fhir", bundle), 422, "processing")
