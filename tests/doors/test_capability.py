"""The CapabilityStatement is true to the letter: each line that a running node states is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

import corridor.apps
from corridor.fhir.published import CANONICAL, PUBLISHED
from corridor.fhir.schema import HELD
from tests.doors.operation_calls import called
from tests.doors.running import BASE, Node, Reply
from tests.doors.samples import SAMPLES, Town
from tests.doors.walk import Row, Walk, conditions, interactions, searches

TYPES = (*HELD, *PUBLISHED)
OPERATION = re.compile(r'"/fhir/[^"$]*\$([a-z-]+)')
PARTS_OF_BULK = {"bulk-status", "bulk-file"}
"""Addresses that an export gives out, and no operations."""


@pytest.fixture(scope="session")
def walk(node: Node, town: Town) -> Walk:
    """The node with its statement, read by nobody in particular."""
    answer = node.get("metadata", role="")
    assert answer.status == 200
    CapabilityStatement.model_validate_json(answer.body)
    return Walk(node, town, answer.json)


def row_of(walk: Walk, kind: str) -> Row:
    """What is stated of a type."""
    (row,) = [each for each in walk.rows if each["type"] == kind]
    return row


def broken(answers: Iterator[tuple[str, Reply, set[int]]]) -> list[tuple[str, int, bytes]]:
    """Promises that were not kept."""
    return [(name, reply.status, reply.body[:300]) for name, reply, kept in answers if reply.status not in kept]


def test_the_statement_names_its_base_its_types_and_what_it_instantiates(walk: Walk) -> None:
    assert walk.statement["implementation"]["url"] == BASE
    assert (walk.statement["kind"], walk.statement["fhirVersion"]) == ("instance", "4.0.1")
    assert sorted(each["type"] for each in walk.rows) == sorted({*TYPES, *(each["type"] for each in walk.rows)})
    assert set(TYPES) <= {each["type"] for each in walk.rows}
    for url in walk.statement["instantiates"]:
        if url.startswith(CANONICAL):
            assert walk.ask("GET", f"CapabilityStatement?url={url}").ids == [url.rpartition("/")[2]]
    assert all(url.startswith(("http://", "https://")) for url in walk.statement["implementationGuide"])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("walked", [interactions, conditions, searches])
def test_each_line_about_a_type_is_true(walk: Walk, kind: str, walked: Callable[..., Any]) -> None:
    assert broken(walked(walk, row_of(walk, kind))) == []


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_found_by_each_parameter_that_has_a_value_in_it(walk: Walk, kind: str) -> None:
    made = walk.one(kind)
    for name, value in walk.town.found_by(kind).items():
        answer = walk.node.ask("GET", f"/fhir/{kind}?{name}={value}&_id={made}".replace(" ", "%20"))
        assert answer.ids == [made], (name, answer.body)


def test_each_format_is_spoken_both_ways(walk: Walk) -> None:
    made = walk.one("Location")
    for media_type in walk.statement["format"]:
        answer = walk.ask("GET", f"Location/{made}", accept=media_type)
        assert answer.headers["content-type"].startswith(media_type)
        again = walk.ask("PUT", f"Location/{made}", answer.body, content_type=media_type)
        assert again.status == 200, again.body
        assert walk.node.get("metadata", role="", accept=media_type).status == 200
    assert walk.ask("GET", f"Location/{made}", accept="text/turtle").status == 406


def test_each_interaction_with_the_whole_base_is_there(walk: Walk) -> None:
    stated = {each["code"] for each in walk.rest["interaction"]}
    entry = {"request": {"method": "GET", "url": "Location?_count=1"}}
    for code in ("transaction", "batch"):
        bundle = {"resourceType": "Bundle", "type": code, "entry": [entry]}
        assert (walk.ask("POST", "", bundle).status == 200) is (code in stated)
    assert (walk.ask("GET", "_history?_count=1").status == 200) is ("history-system" in stated)
    assert (walk.ask("GET", "?_type=Location&_count=1").status == 200) is ("search-system" in stated)


def test_each_profile_that_is_named_is_there(walk: Walk) -> None:
    for row in walk.rows:
        for url in row.get("supportedProfile", ()):
            found = walk.ask("GET", f"StructureDefinition?url={url}").json["entry"]
            assert [each["resource"]["type"] for each in found] == [row["type"]]


def test_each_definition_of_ours_that_is_named_is_there(walk: Walk) -> None:
    stated = [*walk.rows, walk.rest]
    named = {each["definition"] for row in stated for each in (*row.get("searchParam", ()), *row.get("operation", ()))}
    for url in sorted(each for each in named if each.startswith(CANONICAL)):
        kind = url.removeprefix(CANONICAL).partition("/")[0]
        assert len(walk.ask("GET", f"{kind}?url={url}").ids) == 1, url


def test_each_operation_answers_a_good_call(walk: Walk) -> None:
    for row in (walk.rest, *walk.rows):
        for each in row.get("operation", ()):
            status, expected, body = called(walk, row.get("type", ""), each["name"])
            assert status == expected, (row.get("type"), each["name"], body[:500])


def test_each_operation_that_has_a_door_is_stated(walk: Walk) -> None:
    stated = {each["name"] for row in (walk.rest, *walk.rows) for each in row.get("operation", ())}
    files = Path(corridor.apps.__path__[0]).glob("*.py")
    routed = {name for path in files for name in OPERATION.findall(path.read_text(encoding="utf-8"))}
    assert routed - PARTS_OF_BULK == stated


@pytest.mark.parametrize("place", ["$favourite", "Patient/$favourite", "Patient/x/$favourite", "Observation/$match"])
def test_an_operation_that_is_not_stated_has_no_door(walk: Walk, place: str) -> None:
    assert {walk.ask(method, place).status for method in ("GET", "POST")} <= {404, 405}


def test_the_way_to_a_token_is_as_stated(walk: Walk) -> None:
    assert walk.rest["security"]["service"][0]["coding"][0]["code"] == "OAuth"
    assert walk.node.get("Patient", role="").status == 401
    origin = {"origin": "https://elsewhere.example"}
    allowed = "access-control-allow-origin" in walk.node.get("metadata", role="", **origin).headers
    assert allowed is walk.rest["security"]["cors"]


def test_every_operation_is_asked_as_the_openapi_document_describes_it_and_in_no_other_way(node: Node) -> None:
    described = node.send("GET", "/openapi.json").json["paths"]
    operations = {path: {each.upper() for each in methods} for path, methods in described.items() if "$" in path}
    assert len(operations) > 60
    for path, methods in operations.items():
        spoken = set(node.ask("OPTIONS", "/fhir" + path.replace("{id}", "x")).headers["allow"].split(", "))
        assert spoken == methods | ({"HEAD"} if "GET" in methods else set()), path
