"""Whoever does anything at the national base is on record, and only an auditor reads the record."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.doors.outcomes import refused
from tests.doors.running import Node
from tests.doors.samples import Town

ABSENT = "0191d5b0-0000-7000-8000-000000000001"


def events(node: Node, trace: str) -> list[dict[str, Any]]:
    """What the auditor finds of the requests of one trace, oldest first."""
    found: list[dict[str, Any]] = []
    page = node.get("AuditEvent?_sort=-_lastUpdated&_count=30", role="auditor")
    for each in page.json["entry"]:
        if trace in str(each["resource"]):
            found.insert(0, each["resource"])
    return found


def shown(event: dict[str, Any]) -> tuple[str, str]:
    """What was done and how it ended."""
    return event["subtype"][0]["code"], event["outcome"]


@pytest.fixture
def trace() -> str:
    """A trace that no other test uses."""
    return uuid4().hex


def test_every_access_is_on_record_with_who_and_about_whom(node: Node, town: Town, trace: str) -> None:
    parent = {"traceparent": f"00-{trace}-{'1' * 16}-01"}
    made = node.ask("POST", "/fhir/Patient", town.resource("Patient"), **parent).json
    path = f"/fhir/Patient/{made['id']}"
    node.ask("GET", path, **parent)
    node.ask("GET", f"{path}/_history/1", role="clinician", **parent)
    node.get(f"Patient?_id={made['id']}", **parent)
    node.ask("PUT", path, made, **parent)
    node.ask("DELETE", path, **parent)
    node.get(f"Patient/{ABSENT}", **parent)
    found = events(node, trace)
    assert " ".join(shown(each)[0] for each in found) == "create read read search-type update delete read"
    assert [shown(each)[1] for each in found] == ["0"] * 6 + ["4"]
    for event in found[:5]:
        assert f"Patient/{made['id']}" in str(event["entity"])
    agents = {each["who"]["identifier"]["value"] for event in found for each in event["agent"] if each["requestor"]}
    assert len(agents) == 2
    assert not agents & {"programme", "clinician"}


def test_each_entry_of_a_bundle_is_on_record(node: Node, town: Town, trace: str) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"request": {"method": "POST", "url": "Location"}, "resource": town.resource("Location")},
            {"request": {"method": "POST", "url": "Location"}, "resource": town.resource("Location")},
            {"request": {"method": "GET", "url": "Patient?family=Ausente"}},
        ],
    }
    assert node.ask("POST", "/fhir", bundle, traceparent=f"00-{trace}-{'1' * 16}-01").status == 200
    assert {shown(each)[0] for each in events(node, trace)} == {"create", "search-type"}


def test_what_is_refused_for_the_role_is_on_record(node: Node, town: Town, trace: str) -> None:
    parent = {"traceparent": f"00-{trace}-{'2' * 16}-01"}
    patient = town.ids["patient"]
    for role, method, path in (
        ("operator", "GET", f"/fhir/Patient/{patient}"),
        ("auditor", "GET", f"/fhir/Patient/{patient}"),
        ("operator", "GET", "/fhir/Patient"),
        ("clinician", "DELETE", f"/fhir/Patient/{patient}"),
        ("programme", "GET", "/fhir/AuditEvent"),
        ("clinician", "GET", "/fhir/AuditEvent/x"),
    ):
        refused(node.ask(method, path, role=role, **parent), 403, "forbidden")
    refused(node.ask("POST", "/fhir/Patient", town.resource("Patient"), role="auditor", **parent), 403, "forbidden")
    refused(node.ask("POST", f"/fhir/Patient/{patient}/$pull-history", role="programme", **parent), 403, "forbidden")
    refused(node.ask("POST", f"/fhir/Patient/{patient}/$withdraw-consent", role="auditor", **parent), 403, "forbidden")
    found = events(node, trace)
    assert len(found) == 9
    assert all(shown(each)[1] != "0" for each in found)


def test_who_was_sought_is_not_written_down(node: Node, trace: str) -> None:
    parent = {"traceparent": f"00-{trace}-{'3' * 16}-01"}
    for search in ("family=Quispeñahui", "identifier=DNI|44556677", "birthdate=1991-04-17", "given:exact=Yusneidi"):
        name, _, value = search.partition("=")
        assert node.get(f"Patient?{name}={quote(value)}", **parent).status == 200
    found = events(node, trace)
    asked = [b64decode(part["query"]).decode() for each in found for part in each["entity"] if "query" in part]
    assert sorted(each.partition("=")[0] for each in asked) == ["birthdate", "family", "given%3Aexact", "identifier"]
    listed = [*asked, *(str(each) for each in found)]
    for part in ("Quispe", "44556677", "1991-04-17", "Yusneidi"):
        assert not any(part in each for each in listed)


def test_the_log_is_read_and_searched_by_the_auditor_alone(node: Node) -> None:
    found = node.get("AuditEvent?_count=2&date=ge2024&action=R", role="auditor")
    assert (found.status, len(found.ids)) == (200, 2)
    one = node.get(f"AuditEvent/{found.ids[0]}", role="auditor")
    assert (one.status, one.json["resourceType"]) == (200, "AuditEvent")
    assert node.get(f"AuditEvent/{found.ids[0]}/_history/1", role="auditor").body == one.body
    assert node.ask("GET", found.link("next"), role="auditor").ids != found.ids
    refused(node.get(f"AuditEvent/{ABSENT}", role="auditor"), 404, "not-found")


@pytest.mark.parametrize("name", ["agent:identifier", "entity:identifier:not", "source:identifier"])
def test_what_the_log_cannot_be_searched_by_is_refused_and_never_answered_by_none(node: Node, name: str) -> None:
    refused(node.get(f"AuditEvent?{name}=x", role="auditor"), 400, "not-supported")


@pytest.mark.parametrize("role", ["auditor", "programme", "clinician"])
def test_nobody_writes_the_log(node: Node, role: str) -> None:
    event = node.get("AuditEvent?_count=1", role="auditor").json["entry"][0]["resource"]
    path = f"/fhir/AuditEvent/{event['id']}"
    for answer in (
        node.ask("POST", "/fhir/AuditEvent", event, role=role),
        node.ask("PUT", path, event, role=role),
        node.ask("DELETE", path, role=role),
    ):
        assert answer.status in {400, 403}, answer.body
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": f"AuditEvent/{event['id']}"}}],
    }
    refused(node.ask("POST", "/fhir", bundle, role=role), 403, "forbidden")
    assert node.get(f"AuditEvent/{event['id']}", role="auditor").json == event
