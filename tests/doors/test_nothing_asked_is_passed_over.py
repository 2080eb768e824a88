"""What stands in an address or in Parameters is heeded or refused by name, at every door that reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.outcomes import issues, refused
from tests.doors.running import Node
from tests.doors.samples import Town

PROFILE = "https://corridor.example/fhir/StructureDefinition/patient-national"
CORE = "http://hl7.org/fhir/StructureDefinition/Patient"
PERSON = {"resourceType": "Patient", "name": [{"family": "Ccori", "given": ["Lidia"]}], "birthDate": "1971-05-30"}
PARTS = ["?_summary=true", "/_history/1?_summary=text", "?_elements=gender,birthDate", "?_summary=data"]


@pytest.mark.parametrize("part", PARTS)
def test_a_read_gives_the_part_that_is_asked_for_and_says_that_it_is_one(node: Node, town: Town, part: str) -> None:
    sent = town.resource("Patient") | {"contact": [{"name": {"text": "Rosa"}}], "language": "es"}
    patient = node.make(sent)
    answer = node.get(f"Patient/{patient}{part}")
    assert answer.status == 200
    assert answer.json["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert ("contact" in answer.json) == ("data" in part)
    assert ("birthDate" in answer.json) == ("text" not in part)
    url = f"Patient/{patient}{part}"
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": url}}]}
    assert node.ask("POST", "/fhir", batch).json["entry"][0]["resource"] == answer.json
    assert "tag" not in node.get(f"Patient/{patient}?_summary=false").json["meta"]


@pytest.mark.parametrize(
    "part", ["_summary=count", "_summary=some", "_elements=colour", "_summary=true&_elements=name"]
)
def test_a_part_that_a_read_does_not_have_is_refused(node: Node, town: Town, part: str) -> None:
    answer = node.get(f"Patient/{town.ids['patient']}?{part}")
    assert (answer.status, len(issues(answer))) == (400, 1)


def test_a_misspelt_part_of_a_read_is_refused_where_that_is_preferred(node: Node, town: Town) -> None:
    url = f"Patient/{town.ids['patient']}?_sumary=true"
    assert node.get(url).status == 200
    refused(node.get(url, prefer="handling=strict"), 400, "not-supported")
    assert node.get(url.replace("_sumary", "_summary") + "&_format=json", prefer="handling=strict").status == 200
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": url}}]}
    answer = node.ask("POST", "/fhir", batch, prefer="handling=strict")
    assert answer.json["entry"][0]["response"]["status"] == "400"


def validated(node: Node, method: str, path: str, body: Any = None) -> set[tuple[str, str]]:
    """Severity and type of each issue of an answer that is 200."""
    answer = node.ask(method, f"/fhir/Patient/{path}", body)
    assert answer.status == 200, answer.body
    return {(each["severity"], each["code"]) for each in issues(answer)}


def test_a_profile_and_a_mode_of_the_address_count_for_validate(node: Node, town: Town) -> None:
    assert ("error", "required") in validated(node, "POST", f"$validate?profile={PROFILE}", PERSON)
    assert ("error", "not-found") in validated(node, "POST", "$validate?profile=http://example.org/p", PERSON)
    assert ("error", "invalid") in validated(node, "POST", "$validate?mode=update", PERSON)
    refused(node.ask("POST", "/fhir/Patient/$validate?mode=guess", PERSON), 400, "code-invalid")
    refused(node.ask("POST", "/fhir/Patient/$validate?profil=x", PERSON), 400, "invalid")
    named = {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "create"}]}
    refused(node.ask("POST", "/fhir/Patient/$validate?mode=update", named), 400, "invalid")
    assert ("error", "not-found") in validated(node, "GET", f"{town.ids['patient']}/$validate?profile=http://e.org/p")
    assert validated(node, "GET", f"{town.ids['patient']}/$validate") == {("information", "informational")}


@pytest.mark.parametrize("url", [CORE, f"{CORE}|4.0.1", "http://hl7.org/fhir/StructureDefinition/DomainResource"])
def test_r4_itself_is_a_profile_that_a_node_knows(node: Node, url: str) -> None:
    assert validated(node, "POST", f"$validate?profile={url}", PERSON) == {("information", "informational")}
    assert ("error", "code-invalid") in validated(node, "POST", f"$validate?profile={url}", PERSON | {"gender": "x"})


def test_another_type_or_version_of_r4_is_none_that_it_knows(node: Node) -> None:
    for url in (CORE.replace("Patient", "Observation"), f"{CORE}|5.0.0"):
        assert ("error", "not-found") in validated(node, "POST", f"$validate?profile={url}", PERSON)


def test_who_wants_certain_matches_alone_gets_no_others_however_it_is_said(node: Node) -> None:
    node.make(PERSON)
    body: dict[str, Any] = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PERSON}]}
    unsure = node.ask("POST", "/fhir/Patient/$match", body).json["total"]
    assert unsure > 0
    only = {"name": "onlyCertainMatches"}
    for value in ({"valueBoolean": True}, {"valueString": "true"}):
        certain = body | {"parameter": [*body["parameter"], only | value]}
        assert node.ask("POST", "/fhir/Patient/$match", certain).json["total"] == 0
    for sent in (body, PERSON):
        assert node.ask("POST", "/fhir/Patient/$match?onlyCertainMatches=true", sent).json["total"] == 0
        assert node.ask("POST", "/fhir/Patient/$match?count=1", sent).json["total"] == 1
    wrong = body | {"parameter": [*body["parameter"], only | {"valueString": "yes"}]}
    refused(node.ask("POST", "/fhir/Patient/$match", wrong), 400, "invalid")


@pytest.mark.parametrize("parameter", [
    {"name": "onlyCertainMatch", "valueBoolean": True},
    {"name": "resource", "resource": PERSON},
    {"name": "count"},
    {"name": "count", "valueDecimal": 2.5},
])  # fmt: skip
def test_a_parameter_that_match_does_not_have_is_refused(node: Node, parameter: Any) -> None:
    listed = [{"name": "resource", "resource": PERSON}, parameter]
    answer = node.ask("POST", "/fhir/Patient/$match", {"resourceType": "Parameters", "parameter": listed})
    assert (answer.status, len(issues(answer))) == (400, 1)


@pytest.mark.parametrize("given", [
    [{"name": "porpose", "valueCode": "TREAT"}],
    [{"name": "purpose", "valueCode": "TREAT"}, {"name": "purpose", "valueCode": "ETREAT"}],
    [{"name": "purpose", "valueString": "ETREAT"}],
    [{"name": "deadline", "valueString": "5"}],
])  # fmt: skip
def test_a_pull_is_not_made_for_another_purpose_than_was_meant(node: Node, town: Town, given: Any) -> None:
    body = {"resourceType": "Parameters", "parameter": given}
    answer = node.ask("POST", f"/fhir/Patient/{town.ids['patient']}/$pull-history", body, role="clinician")
    assert answer.status == 400, answer.body


@pytest.mark.parametrize("operation", ["$pull-history", "$withdraw-consent"])
def test_an_act_has_no_purpose_in_its_address(node: Node, town: Town, operation: str) -> None:
    path = f"/fhir/Patient/{town.ids['patient']}/{operation}?purpose=ETREAT"
    refused(node.ask("POST", path, role="clinician"), 400, "invalid")


@pytest.mark.parametrize("name", ["_count=1", "_elements=code", "_summary=count", "_include=Observation:patient"])
def test_the_newest_results_are_not_asked_for_in_pages_or_parts(node: Node, town: Town, name: str) -> None:
    refused(node.get(f"Observation/$lastn?patient={town.ids['patient']}&{name}"), 400, "invalid")


def test_a_page_of_everything_that_is_too_large_is_told_as_it_is(node: Node, town: Town) -> None:
    answer = node.get(f"Patient/{town.ids['patient']}/$everything?_count=1000")
    assert (answer.status, answer.link("self").rpartition("?")[2]) == (200, "_count=500")


def test_a_summary_is_of_one_patient_and_in_the_language_wanted_most(node: Node, town: Town) -> None:
    here = f"Patient/{town.ids['patient']}/$summary"
    refused(node.get(f"{here}?identifier=urn:x|1"), 400, "invalid")
    wished = {
        "fr, pt;q=0.1, en;q=0.8": "en",
        "es;q=0, pt;q=0.2": "pt",
        "en-GB": "en",
        "de, *;q=0.5": "es",
        "en;q=x": "en",
    }
    for accepted, language in wished.items():
        assert node.get(here, accept_language=accepted).json["entry"][0]["resource"]["language"] == language


def test_a_cross_reference_heeds_the_address_of_a_post_and_answers_head_as_get(node: Node) -> None:
    given = [{"name": "sourceIdentifier", "valueString": "urn:x:nobody|1"}]
    body = {"resourceType": "Parameters", "parameter": given}
    refused(node.ask("POST", "/fhir/Patient/$ihe-pix?targetSytem=urn:x", body), 400, "not-supported")
    path = "/fhir/Patient/$ihe-pix?sourceIdentifier=urn:x:nobody|1"
    refused(node.ask("POST", path, body), 400, "invalid")
    assert node.ask("HEAD", path).status == node.ask("GET", path).status == 400


@pytest.mark.parametrize("version", ["01", "0", "+1", "1.0"])
def test_a_version_is_read_by_its_own_name_only(node: Node, town: Town, version: str) -> None:
    refused(node.get(f"Patient/{town.ids['patient']}/_history/{version}"), 404, "not-found")
