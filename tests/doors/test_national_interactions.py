"""Create, read, vread, update and delete of every type that the national base holds."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import pytest

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node
from tests.doors.samples import TYPES, Town

ABSENT = "0191d5b0-0000-7000-8000-000000000000"


def without_server_parts(resource: dict[str, Any]) -> dict[str, Any]:
    """What the client wrote."""
    return {name: value for name, value in resource.items() if name not in {"id", "meta"}}


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_type_is_made_read_changed_and_deleted(node: Node, town: Town, resource_type: str) -> None:
    sent = town.resource(resource_type)
    made = node.ask("POST", f"/fhir/{resource_type}", sent)
    logical_id = made.json["id"]
    path = f"/fhir/{resource_type}/{logical_id}"
    assert made.status == 201
    assert made.headers["location"] == f"{BASE}/{resource_type}/{logical_id}/_history/1"
    assert made.headers["etag"] == 'W/"1"'
    assert parsedate_to_datetime(made.headers["last-modified"])
    assert without_server_parts(made.json) == sent
    assert made.json["meta"]["versionId"] == "1"

    read = node.ask("GET", path)
    assert (read.status, read.body) == (200, made.body)
    assert {name: read.headers[name] for name in ("etag", "last-modified")} == {
        name: made.headers[name] for name in ("etag", "last-modified")
    }

    changed = node.ask("PUT", path, town.changed(resource_type) | {"id": logical_id}, if_match='W/"1"')
    assert (changed.status, changed.headers["etag"]) == (200, 'W/"2"')
    assert changed.headers["location"].endswith(f"{logical_id}/_history/2")
    assert node.ask("GET", f"{path}/_history/1").body == made.body
    assert node.ask("GET", f"{path}/_history/2").body == changed.body == node.ask("GET", path).body
    refused(node.ask("GET", f"{path}/_history/3"), 404, "not-found")

    deleted = node.ask("DELETE", path)
    assert (deleted.status, deleted.body, deleted.headers["etag"]) == (204, b"", 'W/"3"')
    refused(node.ask("GET", path), 410, "deleted")
    refused(node.ask("GET", f"{path}/_history/3"), 410, "deleted")
    assert node.ask("GET", f"{path}/_history/2").body == changed.body
    assert node.ask("DELETE", path).status == 204
    assert logical_id not in node.get(f"{resource_type}?_id={logical_id}").ids


@pytest.mark.parametrize("resource_type", TYPES)
def test_what_is_not_there_is_not_found(node: Node, resource_type: str) -> None:
    refused(node.get(f"{resource_type}/{ABSENT}"), 404, "not-found")
    refused(node.get(f"{resource_type}/{ABSENT}/_history/1"), 404, "not-found")
    assert node.ask("DELETE", f"/fhir/{resource_type}/{ABSENT}").status == 204


def test_a_client_may_choose_the_id_of_what_it_writes_first(node: Node, town: Town) -> None:
    path = "/fhir/Organization/clinica.del-sur"
    written = node.ask("PUT", path, town.resource("Organization") | {"id": "clinica.del-sur"})
    assert (written.status, written.headers["etag"]) == (201, 'W/"1"')
    again = node.ask("PUT", path, town.resource("Organization") | {"id": "clinica.del-sur"})
    assert (again.status, again.headers["etag"]) == (200, 'W/"2"')


def test_what_was_deleted_can_be_written_again(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    path = f"/fhir/Location/{logical_id}"
    node.ask("DELETE", path)
    back = node.ask("PUT", path, town.changed("Location") | {"id": logical_id})
    assert (back.status, back.headers["etag"]) == (201, 'W/"3"')
    assert node.ask("GET", path).body == back.body


def test_a_version_that_is_not_the_current_one_is_not_overwritten(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    path, newer = f"/fhir/Location/{logical_id}", town.changed("Location") | {"id": logical_id}
    refused(node.ask("PUT", path, newer, if_match='W/"2"'), 412, "conflict")
    refused(node.ask("DELETE", path, if_match='W/"7"'), 412, "conflict")
    refused(node.ask("PUT", f"/fhir/Location/{ABSENT}", newer | {"id": ABSENT}, if_match='W/"1"'), 412, "conflict")
    assert node.ask("GET", path).headers["etag"] == 'W/"1"'
    assert node.ask("PUT", path, newer, if_match='"1"').status == 200
    assert node.ask("DELETE", path, if_match='W/"2"').status == 204


async def test_of_two_who_hold_the_same_version_one_writes(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    path, newer = f"/fhir/Location/{logical_id}", town.changed("Location") | {"id": logical_id}
    answers = await asyncio.gather(
        *(asyncio.to_thread(node.ask, "PUT", path, newer, if_match='W/"1"') for _ in range(4))
    )
    assert sorted(each.status for each in answers) == [200, 412, 412, 412]


def test_who_has_the_current_version_is_not_sent_it_again(node: Node, town: Town) -> None:
    path = f"Location/{node.make(town.resource('Location'))}"
    same = node.get(path, if_none_match='W/"1"')
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", 'W/"1"')
    assert node.get(path, if_none_match='W/"9", W/"1"').status == 304
    assert node.get(path, if_none_match='W/"2"').status == 200


def test_head_says_what_get_would(node: Node, town: Town) -> None:
    path = f"/fhir/Location/{node.make(town.resource('Location'))}"
    head, whole = node.ask("HEAD", path), node.ask("GET", path)
    assert (head.status, head.body) == (200, b"")
    for name in ("etag", "last-modified", "content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]
    assert node.ask("HEAD", f"/fhir/Location/{ABSENT}").status == 404


@pytest.mark.parametrize(("prefer", "answered"), [
    ("return=minimal", ""), ("return=representation", "Location"), ("return=OperationOutcome", "OperationOutcome"),
    ("respond-async", "Location"),
])  # fmt: skip
def test_a_writer_says_what_to_be_told(node: Node, town: Town, prefer: str, answered: str) -> None:
    made = node.ask("POST", "/fhir/Location", town.resource("Location"), prefer=prefer)
    assert (made.status, made.headers["etag"]) == (201, 'W/"1"')
    assert "_history/1" in made.headers["location"]
    assert (made.json["resourceType"] if made.body else "") == answered


def test_decimals_and_every_other_byte_stay_as_they_were_written(node: Node, town: Town) -> None:
    code = b'{"coding":[{"system":"http://loinc.org","code":"20447-9"}]}'
    tail = (
        b'"status": "final",  "code":%b,"subject":{"reference":"Patient/%b"},"effectiveDateTime":"2024-03-02",'
        b'"valueQuantity":{"value":72.50,"unit":"\\u00b5g"},"note":[{"text":"ma\xc3\xb1ana\\/tarde"}]}'
    ) % (code, town.ids["patient"].encode())
    made = node.ask("POST", "/fhir/Observation", b'{"resourceType":"Observation",' + tail)
    assert made.status == 201, made.body
    kept = (b'"value":72.50,"unit":"\\u00b5g"', b'"ma\xc3\xb1ana\\/tarde"')
    read = node.get(f"Observation/{made.json['id']}").body
    found = node.get(f"Observation?_id={made.json['id']}").body
    for part in kept:
        assert part in made.body
        assert part in read
        assert part in found


@pytest.mark.parametrize("number", ["72.50", "0.00", "1e3", "1.0E-5", "-0.10", "123456789012345678.123456789"])
def test_a_number_comes_back_digit_for_digit(node: Node, town: Town, number: str) -> None:
    resource = town.resource("Observation") | {"valueQuantity": {"value": "#"}}
    made = node.ask("POST", "/fhir/Observation", orjson.dumps(resource).replace(b'"#"', number.encode()))
    assert made.status == 201, made.body
    assert b'"value":%b}' % number.encode() in node.get(f"Observation/{made.json['id']}").body


def test_other_methods_are_refused_with_the_ones_that_are_spoken(node: Node) -> None:
    spoken = {
        "/fhir/Patient/x": "DELETE, GET, HEAD, PATCH, PUT",
        "/fhir/Patient": "DELETE, GET, HEAD, PATCH, POST, PUT",
        "/fhir/Patient/_history": "GET, HEAD",
        "/fhir/Patient/x/_history": "GET, HEAD",
        "/fhir/_history": "GET, HEAD",
        "/fhir/Patient/x/_history/1": "GET, HEAD",
        "/fhir/Patient/_search": "POST",
        "/fhir/Patient/$match": "POST",
        "/fhir/Patient/x/$pull-history": "POST",
        "/fhir/Patient/x/$withdraw-consent": "POST",
        "/fhir/metadata": "GET, HEAD",
        "/fhir": "POST",
    }
    for path, allow in spoken.items():
        for method in {"PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET", "PUT"} - set(allow.split(", ")):
            answer = node.ask(method, path, {} if method == "PATCH" else None)
            refused(answer, 405, "not-supported")
            assert answer.headers["allow"] == allow, (method, path)
