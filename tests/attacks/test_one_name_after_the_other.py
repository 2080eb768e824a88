"""A clinician with a list of names: the node stops them before it is read, and somebody sees it."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from corridor.domain.limits import Limits
from tests.attacks.envoy import refused
from tests.journeys import coordinator
from tests.journeys.pages import Clicks
from tests.journeys.world import World

COUNTRY = "EC"
NAMES = 200


@pytest.fixture(scope="module")
def answers(land: World) -> list[httpx.Response]:
    """What a clinician is answered who looks for two hundred people, most of whom are not there."""
    return [
        land.request("GET", COUNTRY, f"/fhir/Patient?family=apellido{number}&given=nombre") for number in range(NAMES)
    ]


def test_most_of_the_list_is_never_looked_up(answers: list[httpx.Response]) -> None:
    looked_up = [answer for answer in answers if answer.status_code == httpx.codes.OK]
    assert len(looked_up) == Limits().clinician_misses
    stopped = answers[len(looked_up) :]
    assert all(refused(answer, 429) for answer in stopped)
    assert all(0 < int(answer.headers["retry-after"]) <= 3601 for answer in stopped)
    assert len({answer.content for answer in stopped}) == 1


@pytest.mark.usefixtures("answers")
def test_they_cannot_match_pull_or_look_on_the_pages_either(land: World) -> None:
    time.sleep(1.1)  # who is paused is looked up once a second
    assert refused(land.request("GET", COUNTRY, "/fhir/Observation?code=x"), 429)
    described = {"resourceType": "Patient", "name": [{"family": "Quispe", "given": ["Rosa"]}]}
    asked = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": described}]}
    assert refused(land.request("POST", COUNTRY, "/fhir/Patient/$match", json=asked), 429)
    here = land.newcomer("CO", COUNTRY)
    assert refused(land.ask(COUNTRY, here.here.id), 429)
    clicks = Clicks(land, COUNTRY)
    assert clicks.send("/personas", text="Quispe").status_code == httpx.codes.SEE_OTHER
    page = clicks.open("/personas")
    assert page.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert int(page.headers["retry-after"]) > 0
    clicks.close()


@pytest.mark.usefixtures("answers")
def test_others_at_the_node_go_on(land: World) -> None:
    assert land.request("GET", COUNTRY, "/fhir/Patient?family=otra", role="programme").is_success


@pytest.mark.usefixtures("answers")
def test_the_log_and_the_coordinator_know_and_an_auditor_lets_them_go_on(land: World) -> None:
    (alarm,) = [event for event in land.audit(COUNTRY) if event.get("outcomeDesc") == "few-matches"]
    assert "enumeration" in str(alarm["subtype"])
    land.settle()
    told = (COUNTRY, COUNTRY, COUNTRY, "OTHER", "paused")
    assert coordinator.disclosures(land)[told] == 1
    assert "Búsquedas en serie" in coordinator.page(land)
    clicks = Clicks(land, COUNTRY, role="auditor")
    listed = clicks.open("/aperturas").text
    (pause,) = re.findall(r"/aperturas/pausas/([0-9a-f]{32})", listed)
    assert "casi ninguna está registrada" in listed
    assert clicks.send(f"/aperturas/pausas/{pause}", note=" ").status_code == httpx.codes.BAD_REQUEST
    assert clicks.send(f"/aperturas/pausas/{pause}", note="Una capacitación.").status_code == httpx.codes.SEE_OTHER
    assert "Nadie está en pausa" in clicks.open("/aperturas").text
    clicks.close()
    time.sleep(1)  # who is paused is looked up once a second
    assert land.request("GET", COUNTRY, "/fhir/Observation?code=x").is_success
