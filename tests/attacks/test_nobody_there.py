"""A clinician who asks about somebody who is not there: without a proof nobody is asked, and a proof is used up."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from demo.values import Outcome, Person
from tests.attacks.envoy import Envoy, entries, refused
from tests.journeys.pages import Clicks
from tests.journeys.world import FHIR, World


@pytest.fixture(scope="module")
def traveller(land: World) -> Person:
    """Somebody with a record in Caracas who consented."""
    return land.newcomer("VE", "CO", "PE")


def bare_pull(land: World, person: Person) -> httpx.Response:
    """A pull that says nothing of where the person is."""
    return land.request("POST", "PE", f"/fhir/Patient/{person.here.id}/$pull-history", headers=FHIR)


def test_without_a_proof_it_reads_like_a_consent_that_does_not_cover_it(land: World, traveller: Person) -> None:
    unasked = land.newcomer("VE", "CO", "PE", outcome=Outcome.NO_CONSENT)
    absent, uncovered = bare_pull(land, traveller), land.ask("PE", unasked.here.id)
    assert refused(absent, 403)
    assert (absent.status_code, absent.content) == (uncovered.status_code, uncovered.content)
    assert land.audit("PE", f"&patient={traveller.here.id}")[-1]["outcomeDesc"] == "no-presence"


def test_a_wrong_password_signs_nothing(land: World, traveller: Person) -> None:
    clicks, here = Clicks(land, "PE"), f"/personas/{traveller.here.id}/presencia"
    said = {"cause": "lost", "words": "Está sentada delante de mí.", "sure": "yes"}
    assert clicks.send(f"{here}/constancia", **said, password="adivinada").status_code == 403
    assert clicks.send(f"{here}/constancia", **said, password="").status_code == 403
    clicks.close()
    assert refused(bare_pull(land, traveller), 403)


def test_a_copied_answer_opens_nothing_again_and_a_lost_card_nothing_at_all(land: World, traveller: Person) -> None:
    clicks, here = Clicks(land, "PE"), f"/personas/{traveller.here.id}/presencia"
    card = clicks.send(f"{here}/tarjeta").text
    number = re.findall(r"<strong><bdi>([A-Z0-9-]{9})</bdi>", card)[0]
    answers = re.findall(r"<li><bdi>([A-Z0-9]{6})</bdi></li>", card)
    question = clicks.send(here, way="card").text
    challenge = re.findall(r'name="challenge" value="([0-9a-f]{32})"', question)[0]
    line = re.findall(r'name="line" value="(\d+)"', question)[0]
    given = {"challenge": challenge, "line": line, "card": number, "answer": answers[int(line) - 1]}
    assert clicks.send(f"{here}/respuesta", **given).status_code == httpx.codes.SEE_OTHER
    assert clicks.send(f"{here}/respuesta", **given).status_code == httpx.codes.FORBIDDEN
    assert bare_pull(land, traveller).is_success
    assert '"valueCode": "card"' in json.dumps(land.audit("VE"))
    question = clicks.send(here, way="card").text
    challenge = re.findall(r'name="challenge" value="([0-9a-f]{32})"', question)[0]
    assert clicks.send(f"{here}/tarjeta/retiro").status_code == httpx.codes.SEE_OTHER
    line = re.findall(r'name="line" value="(\d+)"', question)[0]
    given = {"challenge": challenge, "line": line, "card": number, "answer": answers[int(line) - 1]}
    assert clicks.send(f"{here}/respuesta", **given).status_code == httpx.codes.FORBIDDEN
    clicks.close()


async def test_a_country_that_claims_no_proof_hears_nothing(land: World, lima: Envoy, traveller: Person) -> None:
    handle = (await lima.handles(traveller))["VE"]
    claimed = lima.question(handle).replace(b'"attested"', b'"none"')
    assert entries(lima.ask("VE", claimed)) == []
    land.settle()
    assert "no-presence" in [each.get("outcomeDesc") for each in land.audit("VE")]
