"""An emergency in Lima: nobody can consent, everybody who did not refuse is heard, and somebody answers for it."""

from __future__ import annotations

import json
import re

import pytest

from demo.values import AgreementKind, Outcome, Person
from tests.journeys.pages import Clicks
from tests.journeys.world import World, consent_of

WORDS = "Sepsis y fiebre alta, llegó sola y no responde."
WHY = {"cause": "unconscious", "words": WORDS, "sure": "yes"}
CONSENT = {"country": "all", "category": "all", "purpose": "TREAT", "days": "30", "heard": "yes"}
WITNESS = {"witness": "Rosa Quispe", "witness-role": "worker"}


def in_emergency(land: World, person: Person) -> tuple[Clicks, str]:
    """The clinician's browser, and the address of the history once nobody is waited for."""
    clicks = Clicks(land, "PE")
    asked = clicks.send(f"/personas/{person.here.id}/urgencia", **WHY)
    assert asked.status_code == 303, asked.text
    return clicks, _heard(clicks, asked.headers["location"])


def _heard(clicks: Clicks, address: str) -> str:
    if address.endswith("/avance"):
        assert clicks.open(address).status_code in {200, 303}
    return address.removesuffix("/avance")


@pytest.fixture
def stranger(land: World) -> Person:
    """Somebody with records in Caracas and Bogotá who never said anything about sharing."""
    return land.newcomer("VE", "CO", "PE", outcome=Outcome.NO_CONSENT)


def test_without_consent_both_countries_are_heard_and_every_log_says_why(land: World, stranger: Person) -> None:
    clicks, history = in_emergency(land, stranger)
    page = clicks.open(history).text
    assert "Venezuela" in page
    assert "Colombia" in page
    assert re.search(r"\d+ datos?", page)
    saving = clicks.open(f"{history}/guardar").text
    assert "nada se puede guardar" in saving
    clicks.close()
    land.settle()
    events = [each for each in land.audit("PE", f"&patient={stranger.here.id}") if "BTG" in json.dumps(each)]
    assert "110127" in json.dumps(events)
    abroad = [each for each in land.audit("VE") if "BTG" in json.dumps(each) and each["outcome"] == "0"]
    assert abroad
    for country in ("PE", "VE", "CO"):
        assert WORDS not in json.dumps(land.audit(country), ensure_ascii=False)


def test_who_refused_in_bogota_is_not_told_of_by_bogota_even_then(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=Outcome.NO_CONSENT)
    land.write("CO", consent_of(person, person.registrations[1], kind=AgreementKind.REFUSED))
    before = len([each for each in land.audit("CO") if each["outcome"] == "8"])
    clicks, history = in_emergency(land, person)
    facts = clicks.open(f"{history}/guardar").text
    clicks.close()
    assert "· Venezuela" in facts
    assert "· Colombia" not in facts
    refusals = [each for each in land.audit("CO") if each["outcome"] == "8"]
    assert len(refusals) == before + 1
    assert (refusals[-1]["outcomeDesc"], "BTG" in json.dumps(refusals[-1])) == ("denied", True)


def test_a_consent_is_given_on_screen_and_what_was_told_is_saved_with_where_it_is_from(
    land: World, stranger: Person
) -> None:
    clicks, here = Clicks(land, "PE"), f"/personas/{stranger.here.id}"
    assert clicks.send(f"{here}/consentimientos", **CONSENT, **WITNESS).status_code == 303
    assert clicks.send(f"{here}/urgencia", **WHY).status_code == 403
    assert clicks.send(f"{here}/historial", purpose="TREAT").status_code == 403
    assert clicks.vouch(stranger.here.id).status_code == 303
    history = _heard(clicks, clicks.send(f"{here}/historial", purpose="TREAT").headers["location"])
    names = re.findall(r'name="fact" value="([^"]+)"', clicks.open(f"{history}/guardar").text)
    assert {name.partition(" ")[0] for name in names} == {"VE", "CO"}
    for _ in range(2):
        assert clicks.send(f"{history}/guardar", fact=names).status_code == 303
    page = clicks.open(f"{history}/guardar").text
    assert 'name="fact"' not in page
    clicks.close()
    saved = land.read("PE", f"Observation?patient={stranger.here.id}&_tag=saved&_count=200")["entry"]
    assert saved
    assert all(each["resource"]["meta"]["source"].endswith(("VE", "CO")) for each in saved)
    trails = land.read("PE", f"Provenance?target=Observation/{saved[0]['resource']['id']}")["entry"]
    [trail] = [each["resource"] for each in trails]
    assert trail["agent"][0]["who"]["identifier"]["value"] in {"VE", "CO"}
    assert trail["policy"][0].endswith("/2026-12")
