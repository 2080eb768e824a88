"""The clinician's pages at a real node: what is clicked there is done by the same acts as the national base's."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from corridor.web.form import form_token
from tests.doors.running import PASSWORD, Node, Reply

FORM = "application/x-www-form-urlencoded"
CONSENT = {"country": "all", "category": "regimen", "purpose": "TREAT", "days": "30", "heard": "yes"}
CONSENT |= {"witness": "Rosa Quispe", "witness-role": "worker"}
PRESENT = {"cause": "no-card", "words": "Dio su nombre y su fecha de nacimiento.", "sure": "yes", "password": PASSWORD}


class Browser:
    """Somebody's browser, with the cookie of one sign-in."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._cookie = ""

    def enter(self, account: str) -> Reply:
        """Sign in."""
        answer = self.send("/ingreso", {"account": account, "password": PASSWORD})
        self._cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def open(self, path: str) -> Reply:
        """Look at a page."""
        return self._node.send("GET", path, None, {"cookie": self._cookie})

    def send(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Send a form of ours."""
        token = form_token(self._cookie.partition("=")[2])
        headers = {"cookie": self._cookie, "content-type": FORM, "sec-fetch-site": "same-origin"}
        return self._node.send("POST", path, urlencode({**fields, "token": token}).encode(), headers)

    def finds(self, text: str) -> str:
        """The page that shows whom a search finds."""
        assert self.send("/personas", {"text": text}).status == 303
        page = self.open("/personas")
        assert page.status == 200, page.body
        return unescape(page.body.decode())


@pytest.fixture(scope="session")
def browser(node: Node) -> Browser:
    """A clinician who signed in."""
    browser = Browser(node)
    assert browser.enter("clinician").headers["location"] == "/personas"
    return browser


@pytest.fixture(scope="session")
def mama(node: Node) -> str:
    """A woman with a name of two words, a document and a birth date."""
    return node.make(
        {
            "resourceType": "Patient",
            "name": [{"use": "official", "family": "Ccori Huamán", "given": ["Eulalia"]}],
            "birthDate": "1979-03-08",
            "gender": "female",
            "identifier": [{"use": "official", "type": {"text": "DNI"}, "system": "urn:x:dni", "value": "41778290"}],
        }
    )


@pytest.mark.parametrize("text", [
    "ccori", "Eulalia Ccori", "CCORI, Eulalia", "1979-03-08", "8/3/1979", "08.03.1979", "41778290", "41.778.290",
])  # fmt: skip
def test_a_person_is_found_as_people_write(browser: Browser, mama: str, text: str) -> None:
    page = browser.finds(text)
    assert f"/personas/{mama}" in page
    assert "Eulalia" in page


@pytest.mark.parametrize("text", [
    ",", ", ,", "1979-02-31", "99/99/1979", "nadie así", "\x00", "%00", "'; DROP TABLE record", "*", "\\", "$|,",
    "\u0661" * 4, "\U0001f9ec", "-", "0" * 119,
])  # fmt: skip
def test_whatever_is_typed_finds_nobody_else(browser: Browser, mama: str, text: str) -> None:
    assert f"/personas/{mama}" not in browser.finds(text)


def test_consent_is_kept_shown_used_and_taken_back(browser: Browser, node: Node) -> None:
    mark = uuid4().hex[:8]
    patient = node.make({"resourceType": "Patient", "name": [{"family": f"Quispe {mark}"}]})
    here = f"/personas/{patient}"
    assert browser.open(here).status == 200
    assert browser.send(f"{here}/historial", {"purpose": "TREAT"}).status == 403
    assert browser.send(f"{here}/consentimientos", CONSENT).status == 303
    (consent,) = (each["resource"] for each in node.get(f"Consent?patient={patient}").json["entry"])
    assert (consent["status"], consent["patient"]["reference"]) == ("active", f"Patient/{patient}")
    assert browser.send(f"{here}/presencia/constancia", PRESENT).status == 303
    pulled = browser.send(f"{here}/historial", {"purpose": "TREAT"})
    assert (pulled.status, pulled.headers["location"].startswith("/historiales/")) == (303, True)
    address = pulled.headers["location"].removesuffix("/avance")
    history = browser.open(address)
    assert history.status == 200
    assert browser.send(f"{here}/retiro", {}).status == 303
    assert browser.send(f"{here}/historial", {"purpose": "TREAT"}).status == 403
    assert browser.open(address).status == 404


def test_who_is_gone_has_no_page(browser: Browser, node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Ida"}]})
    node.ask("DELETE", f"/fhir/Patient/{patient}")
    for unknown in (patient, "nobody", "a%00b", "x" * 200, "%F0%9F%A7%AC"):
        assert browser.open(f"/personas/{unknown}").status == 404
        for act in ("consentimientos", "retiro", "historial"):
            assert browser.send(f"/personas/{unknown}/{act}", CONSENT).status == 404


def test_only_a_clinician_sees_the_pages(node: Node, mama: str) -> None:
    stranger = Browser(node)
    assert stranger.open(f"/personas/{mama}").headers["location"] == "/ingreso"
    for account in ("programme", "auditor", "operator"):
        other = Browser(node)
        other.enter(account)
        assert other.open(f"/personas/{mama}").status == 403


def test_signing_out_ends_the_token(node: Node) -> None:
    browser = Browser(node)
    browser.enter("auditor")  # clinicians of this node signed in nearly as often as an hour allows
    assert browser.send("/salida", {}).status == 303
    assert browser.open("/personas").headers["location"] == "/ingreso"


def test_looking_at_a_person_is_on_record(browser: Browser, node: Node, mama: str) -> None:
    browser.open(f"/personas/{mama}")
    newest = node.get(f"AuditEvent?patient={mama}&_count=1&_sort=-date", role="auditor").json["entry"][0]["resource"]
    assert newest["subtype"][0]["code"] == "read"
    assert "clinician" in str(newest["agent"])


def test_the_landing_page_leads_on(node: Node) -> None:
    page = node.send("GET", "/")
    assert page.status == 200
    for leads in (b"/ingreso", b"/fhir/metadata", b"/openapi.json", b"http://pe.corridor.example/auth/token"):
        assert leads in page.body
