"""The token endpoint: name and password in, bearer token out, and not too often."""

from __future__ import annotations

from base64 import b64encode

import pytest

from corridor.flows.sign_in import ATTEMPTS_PER_HOUR
from tests.doors.outcomes import refused
from tests.doors.running import PASSWORD, Node, Reply

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("basic", [True, False])
def test_a_token_opens_the_base(node: Node, *, basic: bool) -> None:
    answer = node.sign_in("clinician", PASSWORD, basic=basic)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 8 * 3600)
    headers = {"authorization": f"bearer {answer.json['access_token']}"}
    assert node.send("GET", "/fhir/Patient?_count=0", headers=headers).status == 200


def test_a_wrong_name_and_a_wrong_password_read_alike(node: Node) -> None:
    answers = [
        node.sign_in("clinician", "otra"),
        node.sign_in("nadie", PASSWORD),
        node.sign_in("nadie", "", basic=False),
    ]
    assert len({answer.body for answer in answers}) == 1
    for answer in answers:
        refused(answer, 401, "login")


@pytest.mark.parametrize(("body", "basic", "status"), [
    (b"", "", 400), (b"grant_type=password", "", 400), (b"grant_type=client_credentials", "", 401),
    (b"grant_type=client_credentials&grant_type=client_credentials", "", 400), (b"\xff\xfe=%ff", "", 400),
    (b"grant_type=client_credentials", "Basic %%%", 401), (b"grant_type=client_credentials", "Basic /w==", 401),
    (b"grant_type=client_credentials&client_id=ro%00sa&client_secret=x", "", 401),
    (b"grant_type=client_credentials&client_id=rosa&client_secret=a%00b", "", 401),
    (b"grant_type=client_credentials", "Basic " + b64encode(b"\x00:\x00").decode(), 401),
    (b"grant_type=client_credentials&client_id=" + b"x" * 5000, "", 413),
])  # fmt: skip
def test_what_is_no_sign_in_is_refused_in_fhir(node: Node, body: bytes, basic: str, status: int) -> None:
    answer: Reply = node.send("POST", "/auth/token", body, FORM | ({"authorization": basic} if basic else {}))
    refused(answer, status, {400: "invalid", 401: "login", 413: "too-long"}[status])


def test_a_list_of_passwords_ends_early_for_one_name_alone(node: Node) -> None:
    answers = [node.sign_in("list-of-passwords", f"guess-{number}") for number in range(ATTEMPTS_PER_HOUR + 2)]
    assert {answer.status for answer in answers[:-2]} == {401}
    for answer in answers[-2:]:
        refused(answer, 429, "throttled")
    assert node.sign_in("auditor", PASSWORD).status == 200


def test_other_methods_are_refused(node: Node) -> None:
    answer = node.send("GET", "/auth/token")
    refused(answer, 405, "not-supported")
    assert answer.headers["allow"] == "POST"
