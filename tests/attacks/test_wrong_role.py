"""Who may do what at a country's own base: every role at every route."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from corridor.flows.sign_in import ATTEMPTS_PER_HOUR
from demo.filling import token
from demo.parties import HUB
from tests.attacks.envoy import FHIR_JSON, refused
from tests.journeys.world import ROLES, World

PATIENT = {"resourceType": "Patient", "id": "matrix", "name": [{"family": "Inventada", "given": ["Ana"]}]}
AUDIT = {"resourceType": "AuditEvent", "id": "matrix"}
MATCH = {
    "resourceType": "Parameters",
    "parameter": [{"name": "resource", "resource": {"resourceType": "Patient", "name": [{"family": "Nadie"}]}}],
}
DELETION = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [{"request": {"method": "DELETE", "url": "Patient/matrix-none"}}],
}

ROUTES: dict[tuple[str, str], tuple[object, str]] = {
    ("GET", "/fhir/Patient/p00000"): (None, "programme clinician"),
    ("GET", "/fhir/Patient/p00000/_history/1"): (None, "programme clinician"),
    ("GET", "/fhir/Patient?family=Rond"): (None, "programme clinician"),
    ("GET", "/fhir/Observation?patient=p00000"): (None, "programme clinician"),
    ("GET", "/fhir/Consent?patient=p00000"): (None, "programme clinician"),
    ("GET", "/fhir/AuditEvent?_count=1"): (None, "auditor data-protection"),
    ("GET", "/fhir/AuditEvent/none"): (None, "auditor data-protection"),
    ("PUT", "/fhir/Patient/matrix"): (PATIENT, "programme clinician"),
    ("POST", "/fhir/Patient"): (PATIENT, "programme clinician"),
    ("PUT", "/fhir/AuditEvent/matrix"): (AUDIT, ""),
    ("POST", "/fhir/AuditEvent"): (AUDIT, ""),
    ("DELETE", "/fhir/AuditEvent/matrix"): (None, ""),
    ("DELETE", "/fhir/Patient/matrix-none"): (None, "programme"),
    ("POST", "/fhir"): (DELETION, "programme"),
    ("POST", "/fhir/Patient/$match"): (MATCH, "programme clinician"),
    ("POST", "/fhir/Patient/nobody/$pull-history"): ({"resourceType": "Parameters"}, "clinician"),
    ("POST", "/fhir/Patient/nobody/$withdraw-consent"): (None, "programme clinician"),
}
"""Body, and the roles that may; what they may not is 403, and 401 for who is nobody."""


def ask(land: World, role: str, route: tuple[str, str], *, bearer: str = "") -> httpx.Response:
    """The answer to a role at a route."""
    (method, path), (body, _) = route, ROUTES[route]
    headers = {**FHIR_JSON, **({"authorization": bearer} if bearer else {})}
    content = json.dumps(body).encode() if body is not None else b""
    return land.request(method, "CO", path, role=role, headers=headers, content=content)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_role_may_do_what_it_is_for_and_nothing_else(land: World, role: str, route: tuple[str, str]) -> None:
    answer = ask(land, role, route)
    if role in ROUTES[route][1].split():
        assert answer.status_code in {200, 201, 204, 404}, answer.text
    elif "AuditEvent" in route[1] and route[0] != "GET":
        assert answer.status_code in {400, 403, 404, 405}, answer.text
    else:
        assert refused(answer, 403)


@pytest.mark.parametrize("role", ["auditor", "data-protection"])
def test_nobody_is_shown_along_with_the_log(land: World, role: str) -> None:
    ask(land, "programme", ("GET", "/fhir/Patient/p00000"))  # so that the log is about somebody
    found = land.read("CO", "AuditEvent?_count=50&_sort=-date&_include=AuditEvent:patient", role=role)
    assert {entry["resource"]["resourceType"] for entry in found["entry"]} == {"AuditEvent"}
    assert land.request("GET", "CO", "/fhir/AuditEvent?patient.family=Rond", role=role).status_code == 403


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer invented", "Basic YTpi", "bearer null"])
def test_nobody_who_is_not_known_is_let_in(land: World, route: tuple[str, str], bearer: str) -> None:
    answer = ask(land, "", route, bearer=bearer)
    assert refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_metadata_alone_is_for_everybody(land: World) -> None:
    assert land.request("GET", "CO", "/fhir/metadata", role="").status_code == 200


def test_a_login_of_one_country_is_none_in_another(land: World) -> None:
    for role in ROLES:
        foreign = land.bearer("PE", role)
        assert refused(land.request("GET", "CO", "/fhir/Patient/p00000", role="", headers=foreign), 401)


def test_a_coordinator_has_no_login_at_any_country(land: World) -> None:
    account = land.accounts[HUB, "coordinator"]
    for party in land.nodes:
        answer = land.client.post(
            f"{party.url}/auth/token",
            data={"grant_type": "client_credentials"},
            auth=(account.name, account.password),
        )
        assert refused(answer, 401)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_of_a_country_has_a_login_at_the_hub(land: World, role: str) -> None:
    account = land.accounts["PE", role]
    form = {"account": account.name, "password": account.password}
    with httpx.Client(base_url=land.doors[HUB].url) as browser:
        assert browser.post("/ingreso", data=form).status_code == 401
        assert browser.get("/intercambios.csv").headers["location"] == "/ingreso"


@pytest.mark.parametrize("role", ["programme", "auditor", "data-protection"])
def test_the_pages_of_clinicians_are_for_clinicians(land: World, role: str) -> None:
    account = land.accounts["PE", role]
    with httpx.Client(base_url=land.doors["PE"].url) as browser:
        browser.post("/ingreso", data={"account": account.name, "password": account.password})
        assert browser.get("/personas").status_code == 403
        assert browser.get("/personas/p00000").status_code == 403


def test_who_was_refused_is_on_record(land: World) -> None:
    before = len(land.audit("CO", "&outcome=4"))
    ask(land, "clinician", ("GET", "/fhir/AuditEvent?_count=1"))
    ask(land, "auditor", ("GET", "/fhir/Patient/p00000"))
    assert len(land.audit("CO", "&outcome=4")) >= min(before + 2, 500)


def guess(land: World, name: str) -> int:
    """The status of the answer to a guessed password."""
    form, url = {"grant_type": "client_credentials"}, land.doors["CO"].url + "/auth/token"
    return land.client.post(url, data=form, auth=(name, "guessed")).status_code


def test_guessing_passwords_comes_to_an_end(land: World) -> None:
    most = 2 * ATTEMPTS_PER_HOUR + 2  # an hour may end between two guesses
    tried = [guess(land, "somebody") for _ in range(most)]
    assert set(tried) == {401, 429}
    assert tried.index(429) >= ATTEMPTS_PER_HOUR


def test_signing_in_and_failing_to_are_on_record(land: World) -> None:
    since = f"&type=http://dicom.nema.org/resources/ontology/DCM|110114&date=ge{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
    guess(land, "somebody-else")
    token(land.doors["CO"], land.accounts["CO", "programme"])
    outcomes = [event["outcome"] for event in land.audit("CO", since)]
    assert {"0", "4"} <= set(outcomes)
