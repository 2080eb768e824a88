import json

from demo.values import AgreementKind, Outcome
from tests.journeys.world import World, consent_of


def test_who_refused_in_bogota_is_not_told_of_by_bogota_whatever_was_consented_later(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=Outcome.REFUSED_ABROAD)
    pulled = land.pull(person)
    assert pulled.summary == "4 of 4 countries answered."
    assert "CO" not in pulled.by_country
    assert pulled.silent == {}
    land.settle()
    refusals = [event for event in land.audit("CO") if event["outcome"] == "8" and _concerns(event, person.here.id)]
    assert [event["outcomeDesc"] for event in refusals] == ["denied"]


def test_a_refusal_that_is_signed_abroad_stops_what_was_given_before(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    assert "CO" in land.pull(person).by_country
    land.write("CO", consent_of(person, person.registrations[1], kind=AgreementKind.REFUSED))
    pulled = land.pull(person)
    assert set(pulled.by_country) == {"VE"}
    assert pulled.silent == {}


def test_what_a_limited_consent_leaves_out_does_not_cross(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=Outcome.LIMITED)
    pulled = land.pull(person)
    assert set(pulled.by_country) == {"VE", "CO"}
    types = {each["resourceType"] for each in pulled.clinical}
    assert "Observation" in types
    assert not types & {"Condition", "Immunization", "AllergyIntolerance"}


def _concerns(event: object, patient: str) -> bool:
    return f"Patient/{patient}" in json.dumps(event)
