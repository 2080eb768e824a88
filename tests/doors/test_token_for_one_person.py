"""A system asks for one person: its token says on which consents it rests, and opens nothing of anybody else."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from corridor.domain.category import CLINICAL, SYSTEM, Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.period import Period
from corridor.domain.principal import Role
from corridor.fhir.consent import POLICY, render
from tests.doors.running import BASE, Node, Reply
from tests.doors.systems import System, bearer, register

PERU = Country("PE")
TREAT = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "TREAT"}]}


@pytest.fixture
def hospital(node: Node) -> System:
    """A system that may do all that a clinician may."""
    return register(node, role=Role.CLINICIAN, scope="system/*.cruds")


def person(node: Node) -> str:
    """Somebody invented."""
    return node.make({"resourceType": "Patient", "name": [{"family": f"Inventada{secrets.token_hex(3)}"}]})


def agree(node: Node, patient_id: str, categories: frozenset[Category]) -> str:
    """A consent to be read at home."""
    here, why = frozenset({PERU}), frozenset({"TREAT"})
    provision = Provision(permit=True, countries=here, holders=here, purposes=why, categories=categories)
    now = datetime.now(UTC)
    consent = Consent(
        id=secrets.token_hex(8), status_active=True, given_at=now, period=Period(now, None), provisions=(provision,)
    )
    resource = render(consent, patient={"reference": f"Patient/{patient_id}"}, custodian=PERU)
    resource.pop("id", None)
    return node.make(resource)


def ask(system: System, patient: str) -> Reply:
    """What the token endpoint answers to a system that asks for one person."""
    said: dict[str, Any] = {"extensions": {"ihe_iua": {"person_id": patient}}}
    return system.ask(system.assertion(**said), scope="system/*.cruds")


def test_the_token_says_for_whom_it_is_and_on_which_consents_it_rests(node: Node, hospital: System) -> None:
    patient = person(node)
    consent = agree(node, patient, frozenset({Category.REGIMEN}))
    said = ask(hospital, f"{BASE}/Patient/{patient}").json["extensions"]
    assert said["ihe_iua"]["person_id"] == f"{BASE}/Patient/{patient}"
    assert said["ihe_iua"]["subject_organization_id"] == hospital.id
    assert said["ihe_iua"]["subject_role"][0]["code"] == "clinician"
    pcf = said["ihe_pcf"]
    assert (pcf["patient_id"], pcf["doc_id"]) == (f"{BASE}/Patient/{patient}", [f"{BASE}/Consent/{consent}"])
    assert pcf["acp"] == [POLICY]
    permitted = [{"system": SYSTEM, "code": Category.REGIMEN.value}]
    assert pcf["residual"] == [{"type": "forbid"}, {"type": "permit", "securityLabel": permitted}]


def test_what_leaves_nothing_out_has_no_residual_and_no_consent_no_pcf(node: Node, hospital: System) -> None:
    patient = person(node)
    assert "ihe_pcf" not in ask(hospital, patient).json["extensions"]
    agree(node, patient, frozenset(CLINICAL))
    assert "residual" not in ask(hospital, f"Patient/{patient}").json["extensions"]["ihe_pcf"]


def test_who_may_read_no_consent_is_not_told_by_the_token_that_there_is_one(node: Node) -> None:
    writer = register(node, role=Role.CLINICIAN, scope="system/Observation.cruds")
    agreed, unasked = person(node), person(node)
    agree(node, agreed, frozenset(CLINICAL))
    for patient in (agreed, unasked, "nobody"):
        said: dict[str, Any] = {"extensions": {"ihe_iua": {"person_id": patient}}}
        answer = writer.ask(writer.assertion(**said), scope="system/Observation.cruds").json
        assert set(answer["extensions"]) == {"ihe_iua"}


ANOTHER = (
    ("GET", "/fhir/Patient/{}", None),
    ("GET", "/fhir/Patient/{}/_history", None),
    ("GET", "/fhir/Patient/{}/_history/1", None),
    ("GET", "/fhir/Patient?_id={}&_summary=count", None),
    ("GET", "/fhir/Patient?_id={}&_elements=id&_total=accurate", None),
    ("GET", "/fhir/Patient?_lastUpdated=gt2000&_id={}&_sort=-birthdate", None),
    ("GET", "/fhir/Observation?patient={}&_include=Observation:patient", None),
    ("GET", "/fhir/Observation?patient.name=x&subject=Patient/{}", None),
    ("GET", "/fhir/Patient?_id={}&_revinclude=Provenance:target", None),
    ("GET", "/fhir/Patient?_has:Observation:patient:code=x&_id={}", None),
    ("GET", "/fhir/AuditEvent?patient=Patient/{}", None),
    ("GET", "/fhir/Provenance?target=Patient/{}", None),
    ("GET", "/fhir/Observation/$lastn?patient={}", None),
    ("GET", "/fhir/Patient/{}/$everything", None),
    ("GET", "/fhir/Patient/{}/$summary", None),
    ("GET", "/fhir/Patient/$export?patient=Patient/{}", None),
    ("GET", "/mhd/DocumentReference?patient={}&status=current", None),
    ("GET", "/mhd/Bundle/ips-{}", None),
    ("POST", "/fhir/Patient/{}/$pull-history", TREAT),
    ("POST", "/fhir/Patient/{}/$generate-shl", {"resourceType": "Parameters"}),
    ("PUT", "/fhir/Patient/{}", {"resourceType": "Patient"}),
    ("PUT", "/fhir/Patient?_id={}", {"resourceType": "Patient"}),
    ("DELETE", "/fhir/Patient/{}", None),
)
"""Questions that would tell whether somebody else is here."""


@pytest.mark.parametrize(("method", "path", "content"), ANOTHER)
def test_of_anybody_else_it_is_not_even_told_whether_they_are_here(
    node: Node, hospital: System, method: str, path: str, content: Any
) -> None:
    own, other = person(node), person(node)
    token = ask(hospital, own).json["access_token"]
    seen = []
    for each in (other, "never-was"):
        body = {**content, "id": each} if method == "PUT" else content
        conditions = {}, {"if-none-match": 'W/"1"'}, {"if-match": 'W/"1"'}, {"if-none-exist": f"_id={each}"}
        for condition in conditions:
            headers = {"x-purpose-of-use": "TREAT", **condition}
            answer = bearer(node, token, method, path.format(each), body, **headers)
            kept = {name: told for name, told in answer.headers.items() if name not in {"date", "x-request-id"}}
            seen.append((answer.status, kept, answer.body))
    assert seen[:4] == seen[4:]
    assert {status for status, _, _ in seen} <= {400, 403, 404, 405, 406}


def test_it_opens_nothing_of_anybody_else(node: Node, hospital: System) -> None:
    own, other = person(node), person(node)
    token = ask(hospital, own).json["access_token"]
    for method, path, content in (
        ("GET", f"/fhir/Patient/{other}", None),
        ("GET", "/fhir/Patient?_count=1", None),
        ("GET", f"/fhir/Observation?patient={own}&_include=Observation:patient", None),
        ("GET", f"/fhir/Patient/{other}/$everything", None),
        ("POST", f"/fhir/Patient/{other}/$pull-history", TREAT),
        ("POST", "/fhir/Patient", {"resourceType": "Patient"}),
    ):
        answer = bearer(node, token, method, path, content)
        assert answer.status == 403, (path, answer.body)
    mine = bearer(node, token, "POST", f"/fhir/Patient/{own}/$pull-history", TREAT)
    assert mine.status == 403
    assert "consent" in mine.json["issue"][0]["diagnostics"]  # so far it came: the person agreed to nothing


@pytest.mark.parametrize(
    "who", ["https://elsewhere.example/fhir/Patient/1", "Patient/", "Observation/1", "a b", 5, ["1"]]
)
def test_a_person_of_nowhere_is_refused(hospital: System, who: Any) -> None:
    answer = ask(hospital, who)
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
