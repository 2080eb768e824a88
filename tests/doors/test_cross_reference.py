"""Identity feeds and cross-references of the national base: PIXm ITI-83 and ITI-104, PDQm ITI-78 and ITI-119."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from fhir.resources.R4B.parameters import Parameters

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node, Reply

COUNTRY = "https://corridor.example/country/"


class Person:
    """Somebody with two numbers of domains of their own."""

    def __init__(self) -> None:
        mark = uuid4().hex[:12]
        self.red, self.blue = f"urn:x:red:{mark}", f"urn:x:blue:{mark}"
        self.mark = mark

    def resource(self, number: str = "1", **more: Any) -> dict[str, Any]:
        """As a source of identities feeds it."""
        return {
            "resourceType": "Patient",
            "active": True,
            "identifier": [
                {"system": self.red, "value": f"R-{number}"},
                {"system": self.blue, "value": f"B-{number}"},
            ],
            "name": [{"family": f"Mohr {self.mark}", "given": ["Alice"]}],
            "birthDate": "1958-01-30",
            "gender": "female",
        } | more

    def feed(self, node: Node, number: str = "1", **more: Any) -> Reply:
        """ITI-104: add or revise."""
        return node.ask("PUT", f"/fhir/Patient?identifier={self.named(number)}", self.resource(number, **more))

    def named(self, number: str = "1") -> str:
        """The identifier as it stands in an address."""
        return quote(f"{self.red}|R-{number}", safe="")


@pytest.fixture
def alice(node: Node) -> Person:
    """In the register."""
    person = Person()
    assert person.feed(node).status == 201
    return person


def pix(node: Node, source: str, *targets: str) -> Reply:
    """What `$ihe-pix` answers; the source is ready for an address."""
    more = "".join(f"&targetSystem={quote(each, safe='')}" for each in targets)
    return node.get(f"Patient/$ihe-pix?sourceIdentifier={source}{more}")


def told(answer: Reply) -> list[tuple[str, str]]:
    """Systems and values, then references."""
    assert answer.status == 200, answer.body
    Parameters.model_validate_json(answer.body)
    parts = answer.json.get("parameter", [])
    return [
        (each["valueIdentifier"]["system"], each["valueIdentifier"]["value"])
        if each["name"] == "targetIdentifier"
        else ("", each["valueReference"]["reference"])
        for each in parts
    ]


def test_a_number_leads_to_the_others_and_is_not_returned_itself(node: Node, alice: Person) -> None:
    (blue, here) = told(pix(node, alice.named()))
    assert blue == (alice.blue, "B-1")
    assert here[1].startswith(f"{BASE}/Patient/")
    assert told(pix(node, alice.named(), alice.blue)) == [blue]
    assert told(pix(node, alice.named(), alice.red)) == []
    assert told(pix(node, alice.named(), BASE)) == [here]
    own = quote(f"{BASE}|{here[1].removeprefix(BASE + '/')}", safe="")
    assert told(pix(node, own)) == [(alice.red, "R-1"), blue]
    assert told(pix(node, alice.named(), f"{COUNTRY}VE")) == []


def test_parameters_are_read_as_well(node: Node, alice: Person) -> None:
    parts = [
        {"name": "sourceIdentifier", "valueIdentifier": {"system": alice.red, "value": "R-1"}},
        {"name": "targetSystem", "valueUri": alice.blue},
    ]
    body = {"resourceType": "Parameters", "parameter": parts}
    assert told(node.ask("POST", "/fhir/Patient/$ihe-pix", body)) == [(alice.blue, "B-1")]
    parts[0] = {"name": "sourceIdentifier", "valueString": f"{alice.red}|R-1"}
    assert told(node.ask("POST", "/fhir/Patient/$ihe-pix", body)) == [(alice.blue, "B-1")]


def test_each_error_of_the_transaction_has_its_own_status_and_code(node: Node, alice: Person) -> None:
    refused(pix(node, quote(f"{alice.red}|R-9", safe="")), 404, "not-found")
    refused(pix(node, quote("urn:x:nobody|1", safe="")), 400, "code-invalid")
    refused(pix(node, alice.named(), "urn:x:nobody"), 403, "code-invalid")
    refused(pix(node, quote(f"{BASE}|Patient/nobody", safe="")), 404, "not-found")
    refused(pix(node, alice.named(), f"{COUNTRY}XX"), 403, "code-invalid")


def test_a_feed_adds_revises_and_deletes_by_identifier(node: Node, alice: Person) -> None:
    assert alice.feed(node, birthDate="1958-01-31").status == 200
    found = node.get(f"Patient?identifier={alice.named()}").json
    assert (found["total"], found["entry"][0]["resource"]["birthDate"]) == (1, "1958-01-31")
    assert node.ask("DELETE", f"/fhir/Patient?identifier={alice.named()}").status == 204
    assert node.get(f"Patient?identifier={alice.named()}").json["total"] == 0


def test_a_duplicate_that_was_replaced_leads_to_the_one_that_stays_and_is_matched_no_more(
    node: Node, alice: Person
) -> None:
    assert alice.feed(node, "2").status == 201
    (gone,) = node.get(f"Patient?identifier={alice.named('2')}").ids
    link = [{"type": "replaced-by", "other": {"identifier": {"system": alice.red, "value": "R-1"}}}]
    assert alice.feed(node, "2", active=False, link=link).status == 200
    stays = node.get(f"Patient?identifier={alice.named()}").ids
    assert told(pix(node, alice.named("2"), alice.red, BASE)) == [
        (alice.red, "R-1"),
        ("", f"{BASE}/Patient/{stays[0]}"),
    ]
    matched = node.ask("POST", "/fhir/Patient/$match", alice.resource())
    ids = [each["resource"]["id"] for each in matched.json["entry"]]
    assert stays[0] in ids
    assert gone not in ids


def test_a_patient_alone_may_be_matched_and_every_hit_has_score_and_grade(node: Node, alice: Person) -> None:
    answer = node.ask("POST", "/fhir/Patient/$match", alice.resource())
    assert answer.status == 200, answer.body
    found = answer.json["entry"][0]
    assert found["search"]["mode"] == "match"
    assert found["search"]["extension"][0]["valueCode"] in {"certain", "probable"}
    assert 0 < found["search"]["score"] <= 1


def test_a_search_for_a_domain_that_nobody_knows_is_refused_and_a_known_one_is_not(node: Node, alice: Person) -> None:
    assert node.get(f"Patient?identifier={quote(alice.red + '|', safe='')}").json["total"] == 1
    refused(node.get("Patient?identifier=urn%3Ax%3Anobody%7C"), 404, "not-found")
    assert node.get("Patient?identifier=urn%3Ax%3Anobody%7C1").json["total"] == 0
    found = node.get(f"Patient?identifier={alice.named()}&active=true&gender=female&birthdate=1958-01-30&given=Alice")
    assert found.json["total"] == 1


def test_the_log_keeps_no_number_that_was_asked_by(node: Node, alice: Person) -> None:
    pix(node, alice.named())
    page = node.get("AuditEvent?_count=50&_sort=-date", role="auditor")
    assert b"R-1" not in page.body
