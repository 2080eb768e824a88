"""Systems ask by themselves: SMART Backend Services over real HTTP, and what their tokens open."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlencode

import orjson
import pytest
from joserfc.jwk import ECKey, RSAKey

from corridor.domain.principal import Role
from corridor.domain.purpose import FORBIDDEN, Purpose
from demo.parties import Party
from tests.databases import Databases
from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node, Reply, running_node
from tests.doors.samples import Town
from tests.doors.systems import ENDPOINT, FORM, System, asking_for, bearer, register, registered

PERSON = {"resourceType": "Patient", "name": [{"family": "Mamani", "given": ["Rosa"]}]}
RESULT = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
}
MATCH = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PERSON}]}


@pytest.fixture(scope="session")
def hospital(node: Node) -> System:
    """A hospital's record system."""
    return register(node)


def audited(node: Node, *, outcome: str, query: str = "") -> list[dict[str, object]]:
    """The newest events of the log that a search finds."""
    found = node.get(f"AuditEvent?outcome={outcome}&_sort=-date&_count=20{query}", role="auditor")
    assert found.status == 200
    return [each["resource"] for each in found.json["entry"]]


def test_what_a_client_needs_to_know_is_where_smart_looks_for_it(node: Node) -> None:
    stated = node.send("GET", "/fhir/.well-known/smart-configuration")
    assert stated.status == 200
    assert node.send("GET", "/.well-known/smart-configuration").body == stated.body
    assert stated.json["token_endpoint"] == ENDPOINT
    assert stated.json["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert stated.json["token_endpoint_auth_signing_alg_values_supported"] == ["ES384", "RS384"]
    assert {"client-confidential-asymmetric", "permission-v2"} <= {*stated.json["capabilities"]}
    security = node.get("metadata", role="").json["rest"][0]["security"]
    (uris,) = security["extension"]
    assert uris["extension"] == [{"url": "token", "valueUri": ENDPOINT}]
    assert "SMART-on-FHIR" in {each["coding"][0]["code"] for each in security["service"]}


@pytest.mark.parametrize("key", [
    ECKey.generate_key("P-384", {"kid": "elliptic"}), RSAKey.generate_key(2048, {"kid": "rsa"}),
], ids=["ES384", "RS384"])  # fmt: skip
def test_a_system_writes_and_reads_what_its_scopes_say(node: Node, key: ECKey | RSAKey) -> None:
    system = register(node, key=key)
    answer = system.ask(system.assertion())
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 300)
    assert answer.json["scope"] == "system/Observation.rs system/Patient.cruds"
    assert answer.json["extensions"]["ihe_iua"]["purpose_of_use"][0]["code"] == "TREAT"
    assert "ihe_pcf" not in answer.json["extensions"]  # no consent was weighed: the token is for no one in particular
    token = answer.json["access_token"]
    made = bearer(node, token, "POST", "/fhir/Patient", PERSON)
    assert made.status == 201
    assert bearer(node, token, "GET", f"/fhir/Patient/{made.json['id']}").status == 200
    assert bearer(node, token, "GET", "/fhir/Observation?_count=1").status == 200


@pytest.mark.parametrize(("asked", "granted"), [
    ("system/*.cruds", "system/Observation.rs system/Patient.cruds"),
    ("system/*.read", "system/Observation.rs system/Patient.rs"),
    ("system/Patient.write system/Condition.rs", "system/Patient.cud"),
    ("system/Observation.cruds patient/Patient.rs openid", "system/Observation.rs"),
    ("system/Observation.rs?category=laboratory system/Patient.r", "system/Patient.r"),
])  # fmt: skip
def test_a_token_holds_what_is_asked_for_and_registered_and_no_more(hospital: System, asked: str, granted: str) -> None:
    answer = hospital.ask(hospital.assertion(), scope=asked)
    assert (answer.status, answer.json["scope"]) == (200, granted)


@pytest.mark.parametrize("asked", [
    "", "system/Condition.rs", "patient/*.cruds", "system/Patient.", "system/Patient.sr", "system/patient.rs",
    "system/Observation.rs?category=laboratory",
])  # fmt: skip
def test_nothing_is_granted_where_nothing_is_shared(hospital: System, asked: str) -> None:
    answer = hospital.ask(hospital.assertion(), scope=asked)
    assert (answer.status, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(("method", "path", "content"), [
    ("GET", "Condition", None), ("GET", "Condition?_count=0", None), ("POST", "Observation", RESULT),
    ("POST", "Patient", PERSON), ("PUT", "Patient/x", PERSON | {"id": "x"}),
    ("DELETE", "Observation/x", None), ("GET", "Observation/x/_history", None),
    ("GET", "_history", None), ("GET", "Patient/x/$everything", None), ("GET", "Patient/x/$summary", None),
    ("GET", "$export", None), ("GET", "Patient?_has:Condition:patient:code=x", None),
    ("GET", "Observation?performer:Organization.name=x", None), ("GET", "AuditEvent", None),
    ("GET", "Subscription", None), ("POST", "Patient/$match", MATCH),
])  # fmt: skip
def test_what_the_scopes_leave_out_is_forbidden_though_the_role_allows_it(
    node: Node, method: str, path: str, content: object
) -> None:
    system = register(node, scope="system/Observation.s system/Patient.s")
    token = system.token()
    prefer = {"prefer": "respond-async", "accept": "application/fhir+json"} if "$export" in path else {}
    answer = bearer(node, token, method, f"/fhir/{path}", content, **prefer)
    refused(answer, 403, "forbidden")


def test_a_transaction_needs_the_letters_of_what_it_does(node: Node) -> None:
    entry = {"resource": PERSON, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    reader = register(node, scope="system/*.rs")
    refused(bearer(node, reader.token(scope="system/*.rs"), "POST", "/fhir", bundle), 403, "forbidden")
    writer = register(node, scope="system/Patient.cu")
    assert bearer(node, writer.token(), "POST", "/fhir", bundle).status == 200


def test_what_is_included_is_only_what_the_scopes_let_read(node: Node, town: Town) -> None:
    made = node.make(RESULT | {"subject": {"reference": f"Patient/{town.ids['patient']}"}})
    path = f"Observation?_id={made}&_include=*"
    everything = {each["resource"]["resourceType"] for each in node.get(path).json["entry"]}
    token = register(node, scope="system/Observation.rs").token(scope="system/*.rs")
    found = bearer(node, token, "GET", f"/fhir/{path}").json["entry"]
    assert everything == {"Observation", "Patient"}
    assert [each["resource"]["resourceType"] for each in found] == ["Observation"]
    refused(
        bearer(node, token, "GET", f"/fhir/Observation?_id={made}&_include=Observation:subject:Patient"),
        403,
        "forbidden",
    )


def test_a_scope_never_gives_more_than_the_role(node: Node) -> None:
    system = register(node, role=Role.CLINICIAN, scope="system/*.cruds")
    made = node.make(PERSON)
    token = system.token(scope="system/*.cruds")
    assert bearer(node, token, "GET", f"/fhir/Patient/{made}").status == 200
    refused(bearer(node, token, "DELETE", f"/fhir/Patient/{made}"), 403, "forbidden")
    refused(bearer(node, token, "GET", "/fhir/AuditEvent"), 403, "forbidden")


@pytest.mark.parametrize("code", sorted(FORBIDDEN))
def test_a_purpose_that_is_denied_to_everybody_is_never_minted_and_each_attempt_is_on_record(
    node: Node, hospital: System, code: str
) -> None:
    answer = hospital.ask(hospital.assertion(**asking_for([f"urn:oid:2.16.840.1.113883.5.8#{code}", "TREAT"])))
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert "access_token" not in answer.json
    assert any(code in orjson.dumps(each).decode() for each in audited(node, outcome="8"))


@pytest.mark.parametrize("claimed", [
    ["TREAT", "PUBHLTH"], ["PUBHLTH"], ["BTG"], ["MARKETING"], "", [""], [None], 5, [{"code": 5}], ["x"] * 20,
    {"no": "code"}, [{"system": "http://example.org", "code": "TREAT"}], ["urn:oid:1.2.3#TREAT"], "immig\x00",
])  # fmt: skip
def test_exactly_one_purpose_that_the_client_is_registered_for(hospital: System, claimed: object) -> None:
    answer = hospital.ask(hospital.assertion(**asking_for(claimed)))
    assert answer.status in {400, 401}
    assert answer.json["error"] in {"invalid_grant", "invalid_client"}


@pytest.mark.parametrize("claimed", [
    "TREAT", ["TREAT", "urn:oid:2.16.840.1.113883.5.8#TREAT"], ["http://terminology.hl7.org/CodeSystem/v3-ActReason|TREAT"],
    [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}],
])  # fmt: skip
def test_a_purpose_is_read_in_every_spelling_of_the_standards(hospital: System, claimed: object) -> None:
    assert hospital.ask(hospital.assertion(**asking_for(claimed))).status == 200
    iua = {"extensions": {"ihe_iua": {"purpose_of_use": claimed}}}
    assert hospital.ask(hospital.assertion(**iua)).status == 200


def test_a_client_for_several_purposes_says_which(node: Node) -> None:
    system = register(node, purposes=(Purpose.TREAT, Purpose.PUBHLTH))
    assert system.ask(system.assertion()).json["error"] == "invalid_grant"
    assert system.ask(system.assertion(**asking_for("PUBHLTH"))).status == 200


def test_a_pull_is_for_the_purpose_of_the_token_alone(node: Node) -> None:
    system = register(node, role=Role.CLINICIAN, scope="system/*.rs", purposes=(Purpose.PUBHLTH,))
    token, person = system.token(scope="system/*.rs"), node.make(PERSON)
    body = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "TREAT"}]}
    refused(bearer(node, token, "POST", f"/fhir/Patient/{person}/$pull-history", body), 403, "forbidden")


def test_a_removed_client_is_out_at_once_with_every_token_it_holds(node: Node) -> None:
    system = register(node)
    token = system.token()
    assert bearer(node, token, "GET", "/fhir/Patient?_count=0").status == 200
    registered(node, lambda clients: clients.remove(system.id, at=datetime.now(UTC)))
    refused(bearer(node, token, "GET", "/fhir/Patient?_count=0"), 401, "login")
    assert system.ask(system.assertion()).status == 401


def test_who_got_a_token_and_for_what_is_on_record(node: Node, hospital: System) -> None:
    hospital.token()
    assert any("TREAT" in orjson.dumps(each).decode() for each in audited(node, outcome="0", query="&type=110114"))


def test_only_an_operator_is_told_what_a_token_stands_for(node: Node, hospital: System) -> None:
    token = hospital.token()
    form = urlencode({"token": token}).encode()

    def ask(body: bytes, role: str) -> Reply:
        return node.send("POST", "/auth/introspect", body, FORM | {"authorization": f"Bearer {node.tokens[role]}"})

    told = ask(form, "operator").json
    assert (told["active"], told["client_id"], told["scope"]) == (
        True,
        hospital.id,
        "system/Observation.rs system/Patient.cruds",
    )
    assert ask(b"token=sys.unknown", "operator").json == {"active": False}
    assert ask(urlencode({"token": node.tokens["programme"]}).encode(), "operator").json == {"active": False}
    refused(ask(b"", "operator"), 400, "invalid")
    refused(ask(form, "clinician"), 403, "forbidden")
    refused(node.send("POST", "/auth/introspect", form, FORM | {"authorization": f"Bearer {token}"}), 403, "forbidden")
    refused(node.send("POST", "/auth/introspect", form, FORM), 401, "login")


# ---------------------------------------------------------------- tokens that are bound to a key


def test_a_bound_token_opens_the_base_with_a_proof_for_each_request(node: Node) -> None:
    system = register(node, bound=True)
    answer = system.ask(system.assertion(), proof=system.proof("POST", ENDPOINT))
    assert (answer.status, answer.json["token_type"]) == (200, "DPoP")
    token = answer.json["access_token"]
    proof = system.proof("GET", f"{BASE}/Patient", token=token)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    assert node.send("GET", "/fhir/Patient?_count=0", headers=headers).status == 200
    refused(node.send("GET", "/fhir/Patient?_count=0", headers=headers), 401, "login")  # the same proof again
    refused(bearer(node, token, "GET", "/fhir/Patient?_count=0"), 401, "login")


@pytest.mark.parametrize("wrong", [
    {"htm": "POST"}, {"htu": f"{BASE}/Observation"}, {"htu": "https://evil.example/fhir/Patient"}, {"ath": "x"},
    {"iat": 1}, {"iat": 4_000_000_000}, {"iat": True}, {"jti": ""}, {"jti": 5}, {"iat": 1e400},
])  # fmt: skip
def test_a_proof_for_anything_else_does_not_count(node: Node, wrong: dict[str, object]) -> None:
    system = register(node)
    token = system.token(proof=system.proof("POST", ENDPOINT))
    proof = system.proof("GET", f"{BASE}/Patient", token=token, **wrong)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    refused(node.send("GET", "/fhir/Patient", headers=headers), 401, "login")


def test_a_proof_by_another_key_or_for_an_unbound_token_does_not_count(node: Node, hospital: System) -> None:
    bound = hospital.token(proof=hospital.proof("POST", ENDPOINT))
    thief = System(node, hospital.id, hospital.key)
    for token in (bound, hospital.token()):
        proof = thief.proof("GET", f"{BASE}/Patient", token=token)
        headers = {"authorization": f"DPoP {token}", "dpop": proof}
        refused(node.send("GET", "/fhir/Patient", headers=headers), 401, "login")


def test_a_client_that_must_be_bound_gets_no_bearer_token(node: Node) -> None:
    system = register(node, bound=True)
    assert system.ask(system.assertion()).json["error"] == "invalid_dpop_proof"
    stale = system.proof("POST", ENDPOINT, iat=int(time.time()) - 600)
    assert system.ask(system.assertion(), proof=stale).json["error"] == "invalid_dpop_proof"


# ---------------------------------------------------------------- keys that a client publishes


def test_keys_are_fetched_from_a_listed_origin_and_from_nowhere_else(lima: Party, databases: Databases) -> None:
    key = ECKey.generate_key("P-384", {"kid": secrets.token_hex(8)})
    published = orjson.dumps({"keys": [key.as_dict(private=False)]})

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/keys" else 404)
            self.send_header("content-length", str(len(published)))
            self.end_headers()
            self.wfile.write(published)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Keys) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        with running_node(lima, databases.migrated("sqlite", "node"), client_key_origins=(origin,)) as node:
            listed = register(node, key=key, keys=f"{origin}/keys")
            assert listed.ask(listed.assertion()).status == 200
            assert listed.ask(listed.assertion()).status == 200
            missing = register(node, key=key, keys=f"{origin}/elsewhere")
            assert missing.ask(missing.assertion()).status == 401
            foreign = register(node, key=key, keys=f"http://localhost:{server.server_port}/keys")
            assert foreign.ask(foreign.assertion()).status == 401
        server.shutdown()
