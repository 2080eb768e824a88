"""Histories of one resource, of a type and of the whole base, as anybody pages through them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from fhir.resources.R4B.bundle import Bundle

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node, Reply
from tests.doors.samples import Town


def life(node: Node, town: Town) -> str:
    """A place that was made, changed, deleted and made again."""
    logical_id = node.make(town.resource("Location"))
    path = f"/fhir/Location/{logical_id}"
    changed = town.changed("Location") | {"id": logical_id}
    assert node.ask("PUT", path, changed).status == 200
    assert node.ask("DELETE", path).status == 204
    assert node.ask("PUT", path, changed).status == 201
    return logical_id


def told(answer: Reply) -> list[tuple[str, str]]:
    """Version tag and method of each entry, after the Bundle was found to be a good one."""
    assert answer.status == 200, answer.body
    Bundle.model_validate_json(answer.body)
    assert answer.json["type"] == "history"
    return [(each["response"]["etag"], each["request"]["method"]) for each in answer.json.get("entry", ())]


def paged(node: Node, path: str) -> list[dict[str, Any]]:
    """All entries of a history, followed by its links."""
    answer = node.get(path)
    found = list(answer.json.get("entry", ()))
    while answer.link("next"):
        answer = node.ask("GET", answer.link("next"))
        found += answer.json["entry"]
    return found


def test_a_resource_shows_every_version_newest_first(node: Node, town: Town) -> None:
    logical_id = life(node, town)
    answer = node.get(f"Location/{logical_id}/_history")
    assert told(answer) == [('W/"4"', "PUT"), ('W/"3"', "DELETE"), ('W/"2"', "PUT"), ('W/"1"', "POST")]
    assert answer.json["total"] == 4
    assert answer.link("self").endswith(f"/fhir/Location/{logical_id}/_history")
    entries = answer.json["entry"]
    assert {each["fullUrl"] for each in entries} == {f"{BASE}/Location/{logical_id}"}
    assert [("resource" in each) for each in entries] == [True, False, True, True]
    assert entries[1]["request"]["url"] == f"Location/{logical_id}"
    for number, each in ((4, entries[0]), (2, entries[2]), (1, entries[3])):
        assert each["resource"] == node.get(f"Location/{logical_id}/_history/{number}").json
    oldest = node.get(f"Location/{logical_id}/_history?_sort=_lastUpdated&_count=1")
    assert told(oldest) == [('W/"1"', "POST")]
    assert told(node.ask("GET", oldest.link("next"))) == [('W/"2"', "PUT")]


def test_a_deleted_resource_shows_its_history_and_one_that_never_was_has_none(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    node.ask("DELETE", f"/fhir/Location/{logical_id}")
    assert told(node.get(f"Location/{logical_id}/_history")) == [('W/"2"', "DELETE"), ('W/"1"', "POST")]
    refused(node.get("Location/never-was/_history"), 404, "not-found")


@pytest.mark.parametrize("place", ["Location/{id}/_history", "Location/_history", "_history"])
def test_what_was_written_since_an_instant_and_what_was_current_at_one(node: Node, town: Town, place: str) -> None:
    logical_id = life(node, town)
    path = place.format(id=logical_id)
    first = node.get(f"Location/{logical_id}/_history/1").json["meta"]["lastUpdated"]
    fourth = node.get(f"Location/{logical_id}").json["meta"]["lastUpdated"]
    since = paged(node, f"{path}?_since={quote(fourth)}&_count=1")
    assert (since[-1]["response"]["etag"], since[-1]["resource"]["id"]) == ('W/"4"', logical_id)
    current = [each for each in paged(node, f"{path}?_at={quote(first)}") if logical_id in each["fullUrl"]]
    assert [each["response"]["etag"] for each in current] == ['W/"1"']
    assert node.get(f"{path}?_since=2999&_total=accurate").json["total"] == 0
    assert paged(node, f"{path}?_at=1999") == []


def test_a_type_and_the_base_are_paged_by_links_that_hold_while_others_write(node: Node, town: Town) -> None:
    for kind, path in (("Location", "Location/_history"), ("", "_history")):
        marked = [node.make(town.resource("Location")) for _ in range(3)]
        answer = node.get(f"{path}?_count=2&_total=accurate")
        assert answer.json["total"] >= 3
        assert "_count=2&_total=accurate" in answer.link("self")
        found = [each["fullUrl"].rpartition("/")[2] for each in answer.json["entry"]]
        node.ask("PUT", f"/fhir/Location/{marked[0]}", town.changed("Location") | {"id": marked[0]})
        node.make(town.resource("Location"))
        following = node.ask("GET", answer.link("next"))
        found += [each["fullUrl"].rpartition("/")[2] for each in following.json["entry"]]
        assert found[:3] == marked[::-1], kind
        assert following.json["entry"][0]["response"]["etag"] == 'W/"1"'
    assert "total" not in node.get("Location/_history?_count=1").json
    assert node.get("Location/_history?_count=0").json["total"] >= 3


def test_the_history_of_the_base_holds_every_type_but_the_audit(node: Node, town: Town) -> None:
    for kind in ("Location", "Organization", "Patient"):
        node.make(town.resource(kind))
    kinds = {each["fullUrl"].split("/")[-2] for each in paged(node, "_history?_count=500")}
    assert {"Location", "Organization", "Patient", "Practitioner", "Medication"} <= kinds
    assert "AuditEvent" not in kinds


def test_an_auditor_pages_through_the_audit_as_through_any_history(node: Node, town: Town) -> None:
    node.make(town.resource("Location"))
    answer = node.get("AuditEvent/_history?_count=2", role="auditor")
    assert [tag for tag, _ in told(answer)] == ['W/"1"', 'W/"1"']
    newest = answer.json["entry"][0]["resource"]
    own = node.get(f"AuditEvent/{newest['id']}/_history", role="auditor")
    assert (own.json["total"], own.json["entry"][0]["resource"]) == (1, newest)
    further = node.ask("GET", answer.link("next"), role="auditor")
    assert {tag for tag, _ in told(further)} == {'W/"1"'}
    since = quote(newest["meta"]["lastUpdated"])
    assert len(paged_as_auditor(node, f"AuditEvent/_history?_since={since}&_sort=_lastUpdated")) >= 1
    assert node.get(f"AuditEvent/{newest['id']}/_history?_since=2999", role="auditor").json["total"] == 0


def paged_as_auditor(node: Node, path: str) -> list[Any]:
    return list(node.get(path, role="auditor").json.get("entry", ()))


def test_reading_a_history_is_on_record_with_everybody_it_shows(node: Node, town: Town) -> None:
    trace = uuid4().hex
    parent = {"traceparent": f"00-{trace}-{'1' * 16}-01"}
    patients = [node.make(town.resource("Patient")) for _ in range(2)]
    node.get("Patient/_history?_count=2", **parent)
    page = node.get("AuditEvent?_sort=-_lastUpdated&_count=5", role="auditor")
    (event,) = [each["resource"] for each in page.json["entry"] if trace in str(each["resource"])]
    assert (event["subtype"][0]["code"], event["action"], event["outcome"]) == ("history", "R", "0")
    for patient in patients:
        assert f"Patient/{patient}" in str(event["entity"])


def test_numbers_of_past_versions_come_back_digit_for_digit(node: Node, town: Town) -> None:
    resource = town.resource("Observation") | {"valueQuantity": {"value": 72.5}}
    logical_id = node.make(resource)
    raw = node.get(f"Observation/{logical_id}").body.replace(b"72.5", b"72.500")
    assert node.ask("PUT", f"/fhir/Observation/{logical_id}", raw).status == 200
    assert node.ask("PUT", f"/fhir/Observation/{logical_id}", raw.replace(b"72.500", b"7E+1")).status == 200
    body = node.get(f"Observation/{logical_id}/_history").body
    assert body.index(b'"value":7E+1') < body.index(b'"value":72.500') < body.index(b'"value":72.5}')


PERSON: dict[str, Any] = {"resourceType": "Patient", "name": [{"family": "Ruiz"}]}


def test_a_history_says_how_each_version_was_made(node: Node) -> None:
    made = node.make(PERSON)
    for name, first in ((made, ("POST", "201")), ("own-id-of-a-client", ("PUT", "201"))):
        path = f"/fhir/Patient/{name}"
        if name != made:
            assert node.ask("PUT", path, PERSON | {"id": name}).status == 201
        assert node.ask("PUT", path, PERSON | {"id": name, "gender": "other"}).status == 200
        assert node.ask("DELETE", path).status == 204
        assert node.ask("PUT", path, PERSON | {"id": name}).status == 201
        entries = node.get(f"Patient/{name}/_history").json["entry"]
        told = [(each["request"]["method"], each["response"]["status"]) for each in entries]
        assert told == [("PUT", "201"), ("DELETE", "204"), ("PUT", "200"), first]
        assert entries[-1]["request"]["url"] == ("Patient" if name == made else f"Patient/{name}")


def test_a_plus_sign_that_is_not_escaped_is_read_and_a_wrong_instant_is_named(node: Node, town: Town) -> None:
    logical_id = life(node, town)
    asked = [told(node.get(f"Location/{logical_id}/_history?_since=2020-01-01T00:00:00{z}05:00")) for z in ("+", "%2B")]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 4
    for name in ("_since", "_at"):
        (issue,) = refused(node.get(f"Location/{logical_id}/_history?{name}=yesterday"), 400, "invalid")
        assert issue["expression"] == [name]
