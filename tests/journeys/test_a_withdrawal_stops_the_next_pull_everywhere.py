from datetime import date

from corridor.storage.node.tables import withdrawal
from demo.values import Registration
from tests.journeys.tables import rows
from tests.journeys.world import Pulled, World, consent_of

LONG_AGO = date(2026, 3, 1)


def withdrawn(land: World, country: str, patient: str) -> bool:
    """Whether a country keeps a withdrawal of a person."""
    return any(row["patient_id"] == patient for row in rows(land.doors[country], withdrawal))


def test_withdrawn_in_lima_lima_refuses_the_next_pull(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    assert set(land.pull(person).by_country) == {"VE", "CO"}
    land.withdraw("PE", person.here.id)
    refused = land.ask("PE", person.here.id)
    assert refused.status_code == 403
    assert refused.json()["issue"][0]["code"] == "forbidden"


def test_withdrawn_in_bogota_caracas_gives_nothing_either_until_a_new_consent(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    assert set(land.pull(person).by_country) == {"VE", "CO"}
    land.withdraw("CO", person.registrations[1].id)

    assert land.ask("PE", person.here.id).status_code == 403

    in_santiago = Registration("CL", person.here.id, person.here.written, person.here.care, ())
    patient = land.read("PE", f"Patient/{person.here.id}")
    land.write("CL", {key: patient[key] for key in ("resourceType", "id", "name", "gender", "birthDate", "identifier")})
    land.write("CL", consent_of(person, in_santiago, on=LONG_AGO, id="old"))
    land.settle()
    nothing = Pulled(land.ask("CL", in_santiago.id).json())
    assert nothing.summary == "4 of 4 countries answered."
    assert nothing.clinical == []

    land.write("CL", consent_of(person, in_santiago, id="new"))
    again = Pulled(land.ask("CL", in_santiago.id).json())
    assert {"VE", "CO"} <= set(again.by_country)


def test_after_a_withdrawal_a_new_consent_in_lima_permits_again(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    land.withdraw("PE", person.here.id)
    assert land.ask("PE", person.here.id).status_code == 403
    land.write("PE", consent_of(person, person.here))
    assert set(land.pull(person).by_country) == {"VE", "CO"}


def test_a_country_that_was_away_is_told_when_it_is_back(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    with land.away("VE"):
        answer = land.request("POST", "CO", f"/fhir/Patient/{person.registrations[1].id}/$withdraw-consent")
        assert answer.is_success
    land.settle()
    assert withdrawn(land, "VE", person.here.id)
    assert land.ask("PE", person.here.id).status_code == 403


def test_a_consent_that_a_clerk_sets_inactive_is_a_withdrawal_everywhere(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    consent = consent_of(person, person.here)
    land.write("PE", consent)
    land.write("PE", {**consent, "status": "inactive"})
    land.settle()
    assert land.ask("PE", person.here.id).status_code == 403
    assert all(withdrawn(land, country, person.here.id) for country in ("VE", "CO", "PE"))
