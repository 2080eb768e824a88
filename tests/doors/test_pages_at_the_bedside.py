"""Registering, consenting and breaking the glass at a real node, on both databases."""

from __future__ import annotations

import base64
import json
from uuid import uuid4

import pytest

from corridor.web.clinician.visit.aloud import VERSION, spoken
from corridor.web.language import Language
from tests.doors.running import Node
from tests.doors.test_pages_wiring import CONSENT, Browser

WORDS = "Trauma de cráneo grave, llegó sola y no responde."
WHY = {"cause": "unconscious", "words": WORDS, "sure": "yes"}


@pytest.fixture
def browser(node: Node) -> Browser:
    """A clinician who signed in."""
    browser = Browser(node)
    browser.enter("clinician")
    return browser


def audited(node: Node, patient: str) -> list[dict[str, object]]:
    page = node.get(f"AuditEvent?patient={patient}&_count=100&_sort=date", role="auditor").json
    return [entry["resource"] for entry in page["entry"]]


def test_a_person_is_registered_with_papers_of_two_countries_and_found_again(browser: Browser, node: Node) -> None:
    mark = uuid4().hex[:8]
    surname = "Urdaneta" + mark.translate(str.maketrans("0123456789", "ghijklmnop"))
    form = {
        "given": "Yusneidi Carolina",
        "first": surname,
        "second": "Barboza",
        "birth": "04/1991",
        "sex": "female",
        "kind-0": "national",
        "issuer-0": "VE",
        "number-0": f"V-{int(mark, 16) % 10**8:08}",
        "kind-1": "permit",
        "issuer-1": "CO",
        "number-1": f"{int(mark, 16) % 10**7:07}",
        "phone": "+51 999 888 777",
        "mother": "Carmen Barboza",
        "once": mark,
    }
    kept = browser.send("/personas/nueva", form)
    assert kept.status == 303, kept.body
    here = kept.headers["location"]
    assert browser.send("/personas/nueva", form).headers["location"] == here
    patient = node.get(here.replace("/personas", "Patient").lstrip("/")).json
    assert patient["name"][0]["family"] == f"{surname} Barboza"
    assert patient["birthDate"] == "1991-04"
    assert [each["assigner"]["identifier"]["value"] for each in patient["identifier"]] == ["VE", "CO"]
    assert surname in browser.finds(surname.lower())
    twin = browser.send("/personas/nueva", {**form, "once": f"{mark}-2"})
    assert twin.status == 409
    assert here in twin.body.decode()


def test_a_consent_keeps_which_words_were_read_and_who_saw_it(browser: Browser, node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Huanca"}]})
    assert browser.send(f"/personas/{patient}/consentimientos", {**CONSENT, "habla": "pt"}).status == 303
    [consent] = [each["resource"] for each in node.get(f"Consent?patient={patient}").json["entry"]]
    read = spoken(Language.PT)
    source = consent["sourceAttachment"]
    form = base64.b64decode(source["data"]).decode()
    assert read.digest in source["title"]
    assert f"/{VERSION}" in consent["policy"][1]["uri"]
    assert source["language"] == consent["language"] == "pt"
    assert "Rosa Quispe" in form
    assert read.paragraphs[0] in form
    assert consent["provision"]["type"] == "deny"
    assert "verification" not in consent


def test_an_emergency_is_on_record_looked_at_by_another_and_told(browser: Browser, node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Mamani"}]})
    here = f"/personas/{patient}"
    assert browser.send(f"{here}/urgencia", {**WHY, "sure": ""}).status == 400
    asked = browser.send(f"{here}/urgencia", WHY)
    assert asked.status == 303, asked.body
    address = asked.headers["location"].removesuffix("/avance")
    assert browser.open(f"{address}/avance").status in {200, 303}
    assert browser.open(address).status == 200
    events = audited(node, patient)
    overrides = [each for each in events if "110127" in json.dumps(each)]
    assert [each["outcome"] for each in overrides] == ["0"]
    assert "BTG" in json.dumps(overrides[0]["purposeOfEvent"])
    assert WORDS not in json.dumps(events, ensure_ascii=False)
    auditor = Browser(node)
    assert auditor.enter("auditor").headers["location"] == "/aperturas"
    page = auditor.open("/aperturas").body.decode()
    assert WORDS in page
    assert "Mamani" not in page
    forms = [part.partition('"')[0] for part in page.split('action="/aperturas/')[1:]]
    [opening] = [each for each in forms if "/" not in each]  # others are of statements and pauses
    assert browser.open("/aperturas").status == 403
    assert auditor.send(f"/aperturas/{opening}", {"verdict": "not-justified"}).status == 400
    look = {"verdict": "not-justified", "note": "Estaba consciente."}
    assert auditor.send(f"/aperturas/{opening}", look).status == 303
    assert auditor.send(f"/aperturas/{opening}", look).status == 409
    notice = f"{here}/avisos/{opening}"
    assert notice in browser.open(here).body.decode()
    assert "no había razón" in browser.open(notice).body.decode()
    assert browser.send(notice, {}).status == 303
    assert notice not in browser.open(here).body.decode()
    assert browser.send(f"/personas/nobody/avisos/{opening}", {}).status == 404


def test_who_refused_is_never_asked_about_and_that_is_on_record(browser: Browser, node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Condori"}]})
    assert browser.send(f"/personas/{patient}/retiro", {}).status == 303
    refused = browser.send(f"/personas/{patient}/urgencia", WHY)
    assert refused.status in {403, 429}
    last = [each for each in audited(node, patient) if "110127" in json.dumps(each)]
    assert [each["outcomeDesc"] for each in last] == ["withdrawn"]
