"""The national base's operations: `$match`, `$pull-history` and `$withdraw-consent`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.period import Period
from tests.doors.outcomes import issues, refused
from tests.doors.running import PASSWORD, Node, Reply
from tests.doors.samples import Town
from tests.fakes.resources import rendered

HOME = Country("PE")
PERSON = {
    "resourceType": "Patient",
    "name": [{"use": "official", "family": "Huayhua Colque", "given": ["Yovana", "Rosmery"]}],
    "gender": "female",
    "birthDate": "1993-08-21",
    "identifier": [{"system": "urn:oid:1.3.6.1.4.1.52345", "value": "47820193"}],
}


def parameters(**given: Any) -> dict[str, Any]:
    """Parameters; a keyword is a name and holds the rest."""
    return {"resourceType": "Parameters", "parameter": [{"name": name, **value} for name, value in given.items()]}


def match(node: Node, person: dict[str, Any], **more: Any) -> Reply:
    """What `$match` answers."""
    return node.ask("POST", "/fhir/Patient/$match", parameters(resource={"resource": person}, **more))


@pytest.fixture(scope="session")
def yovana(node: Node) -> str:
    """A woman of the national register."""
    return node.make(PERSON)


def test_match_finds_a_person_of_the_register_and_says_how_surely(node: Node, yovana: str) -> None:
    answer = match(node, PERSON)
    Bundle.model_validate_json(answer.body)
    (found,) = answer.json["entry"]
    assert found["resource"]["id"] == yovana
    assert found["search"]["extension"][0]["valueCode"] == "certain"
    assert 0.9 < found["search"]["score"] <= 1
    swapped = PERSON | {"name": [{"family": "Colque", "given": ["Yovana"]}]}
    assert yovana in [each["resource"]["id"] for each in match(node, swapped).json.get("entry", [])]


def test_match_finds_nobody_where_there_is_nobody(node: Node, yovana: str) -> None:
    stranger = {
        "resourceType": "Patient",
        "name": [{"family": "Inexistente", "given": ["Nadie"]}],
        "birthDate": "1950-01-01",
    }
    answer = match(node, stranger)
    assert (answer.status, answer.json["total"]) == (200, 0)
    unsure = {"resourceType": "Patient", "name": [{"family": "Huayhua", "given": ["Yovana"]}]}
    assert match(node, unsure, onlyCertainMatches={"valueBoolean": True}).json["total"] == 0
    only = match(node, PERSON, onlyCertainMatches={"valueBoolean": True}, count={"valueInteger": 1})
    assert [each["resource"]["id"] for each in only.json["entry"]] == [yovana]


@pytest.mark.parametrize("body", [
    {"resourceType": "Parameters"},
    parameters(resource={"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}}),
    parameters(resource={"resource": {"resourceType": "Patient"}}),
    parameters(resource={"valueString": "Huayhua"}),
    parameters(resource={"resource": PERSON}, count={"valueInteger": 0}),
    parameters(resource={"resource": PERSON}, count={"valueInteger": -1}),
    parameters(resource={"resource": PERSON | {"gender": "mujer"}}),
    parameters(resource={"resource": PERSON | {"birthDate": "21/08/1993"}}),
    [],
])  # fmt: skip
def test_match_wants_a_patient_with_a_name(node: Node, body: Any) -> None:
    answer = node.ask("POST", "/fhir/Patient/$match", body)
    assert answer.status == 400, answer.body
    issues(answer)
    for part in (b"Huayhua", b"47820193", b"mujer", b"21/08/1993"):
        assert part not in answer.body


def pull(node: Node, patient: str, body: Any = None, **more: str) -> Reply:
    """What `$pull-history` answers a clinician."""
    return node.ask("POST", f"/fhir/Patient/{patient}/$pull-history", body, role="clinician", **more)


def attested() -> dict[str, Any]:
    """A clinician's word that the person is there."""
    words = {"name": "statement", "valueString": "La persona dio su nombre y su fecha de nacimiento."}
    secret = {"name": "password", "valueString": PASSWORD}
    return {"part": [{"name": "cause", "valueCode": "no-card"}, words, secret]}


def test_without_consent_nobody_is_asked(node: Node, yovana: str) -> None:
    refused(pull(node, yovana), 403, "forbidden")


def test_who_is_not_here_is_not_asked_about(node: Node) -> None:
    for unknown in ("nobody", "x" * 65, "a%00b", "a%20b"):
        refused(pull(node, unknown), 404, "not-found")


@pytest.mark.parametrize(("body", "status", "code"), [
    (parameters(purpose={"valueCode": "HMARKT"}), 403, "forbidden"),
    (parameters(purpose={"valueString": "TREAT"}, deadline={"valueDecimal": 0}), 400, "invalid"),
    (parameters(deadline={"valueDecimal": 61}), 400, "invalid"),
    (parameters(deadline={"valueString": "5"}, purpose={"valueInteger": 1, "valueCode": "TREAT"}), 400, None),
    ({"resourceType": "Parameters", "parameter": [{"valueCode": "TREAT"}]}, 400, "required"),
    (PERSON, 400, "invalid"),
    (b"{", 400, "structure"),
    (b" " * 70_000, 413, "too-long"),
])  # fmt: skip
def test_what_is_no_pull_is_refused(node: Node, yovana: str, body: Any, status: int, code: str | None) -> None:
    answer = pull(node, yovana, body)
    assert answer.status == status, answer.body
    assert code is None or code in {each["code"] for each in issues(answer)}


def test_a_pull_says_what_its_body_is(node: Node, yovana: str) -> None:
    refused(pull(node, yovana, parameters(), content_type="text/plain"), 415, "not-supported")


def consented(node: Node, town: Town) -> str:
    """A person who lets Peru ask Colombia for everything."""
    patient = node.make(town.resource("Patient"))
    now = datetime.now(UTC)
    permit = Provision(
        permit=True,
        countries=frozenset({HOME}),
        holders=frozenset({Country("CO")}),
        purposes=frozenset({"TREAT"}),
        categories=frozenset(Category),
    )
    period = Period(now - timedelta(days=1), now + timedelta(days=30))
    consent = Consent("given", status_active=True, given_at=now, period=period, provisions=(permit,))
    resource = rendered(consent, of=patient, home=HOME)
    node.make({name: value for name, value in resource.items() if name != "id"})
    return patient


def test_with_consent_every_country_is_named_though_none_answers(node: Node, town: Town) -> None:
    patient = consented(node, town)
    answer = pull(node, patient, parameters(deadline={"valueDecimal": 1.5}, attestation=attested()))
    assert answer.status == 200, answer.body
    Bundle.model_validate_json(answer.body)
    outcomes = [
        each["resource"] for each in answer.json["entry"] if each["resource"]["resourceType"] == "OperationOutcome"
    ]
    said = str(outcomes)
    for country in ("VE", "CO", "EC", "CL"):
        assert country in said


def test_a_withdrawal_stops_the_next_pull(node: Node, town: Town) -> None:
    patient = consented(node, town)
    assert pull(node, patient, parameters(deadline={"valueDecimal": 1}, attestation=attested())).status == 200
    answer = node.ask("POST", f"/fhir/Patient/{patient}/$withdraw-consent")
    assert (answer.status, issues(answer)[0]["severity"]) == (200, "information")
    refused(pull(node, patient), 403, "forbidden")


def test_nobody_can_take_back_for_somebody_who_is_not_here(node: Node) -> None:
    for unknown in ("nobody", "x" * 65, "a%00b"):
        refused(node.ask("POST", f"/fhir/Patient/{unknown}/$withdraw-consent"), 404, "not-found")
