import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle

from demo.story import the_woman
from tests.journeys.coordinator import disclosures, resolutions
from tests.journeys.world import Pulled, World, consent_of

WOMAN = the_woman()
PROVENANCE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


@pytest.fixture(scope="module")
def trace() -> str:
    return secrets.token_hex(16)


@pytest.fixture(scope="module")
def pulled(land: World, trace: str) -> Pulled:
    return land.pull(WOMAN, trace=trace)


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The codes by which events are told apart."""
    return [event["subtype"][0]["code"] for event in events]


def test_what_was_taken_and_measured_in_each_country_is_read_in_lima(pulled: Pulled) -> None:
    given = pulled.by_country
    assert set(given) == {"VE", "CO", "EC"}
    for country in ("VE", "CO"):
        types = {each["resourceType"] for each in given[country]}
        assert {"Patient", "Observation", "Condition"} <= types
        assert types & {"MedicationStatement", "MedicationRequest", "MedicationDispense"}
    loads = [
        each["valueQuantity"]["value"]
        for each in given["CO"]
        if each["resourceType"] == "Observation" and each.get("valueQuantity", {}).get("unit", "").startswith("{cop")
    ]
    assert 96_700 in loads


def test_every_resource_says_which_country_it_comes_from(pulled: Pulled) -> None:
    for each in pulled.clinical:
        assert each["meta"]["source"].startswith("https://corridor.example/country/")
    targets = [target["reference"] for one in pulled.of("Provenance") for target in one["target"]]
    addresses = [
        entry["fullUrl"]
        for entry in pulled.bundle["entry"]
        if entry["resource"]["resourceType"] not in {"Provenance", "OperationOutcome"}
    ]
    assert sorted(targets) == sorted(addresses)


def test_there_is_a_provenance_for_each_country_that_gave_something(pulled: Pulled, trace: str) -> None:
    custodians = []
    for one in pulled.of("Provenance"):
        (agent,) = one["agent"]
        assert agent["type"]["coding"] == [{"system": PROVENANCE, "code": "custodian"}]
        custodians.append(agent["who"]["identifier"]["value"])
        assert trace in one["entity"][0]["what"]["identifier"]["value"]
    assert sorted(custodians) == ["CO", "EC", "VE"]


def test_the_outcome_says_who_was_heard(pulled: Pulled) -> None:
    assert pulled.summary == "4 of 4 countries answered."
    assert pulled.silent == {}


def test_the_bundle_is_valid_r4(pulled: Pulled) -> None:
    Bundle.model_validate(pulled.bundle)


def test_birth_dates_are_years_and_ids_are_pseudonyms(pulled: Pulled) -> None:
    for patient in pulled.of("Patient"):
        assert patient["birthDate"] == "1987"
        assert len(patient["id"]) == 32
        assert not {"name", "identifier", "telecom", "address", "text", "generalPractitioner"} & patient.keys()
    assert WOMAN.here.id not in json.dumps(pulled.clinical)


def test_lima_has_it_on_record_that_it_asked_and_what_it_received(land: World, pulled: Pulled, trace: str) -> None:
    assert pulled.clinical
    events = land.audited("PE", trace)
    for event in events:
        AuditEvent.model_validate(event)
    assert kinds(events).count("AuthZ-Consent") == 1
    received = [event for event in events if event["type"]["code"] == "110107"]
    assert len(received) == 4
    assert events.index(received[0]) > kinds(events).index("AuthZ-Consent")


@pytest.mark.parametrize("country", ["VE", "CO", "EC"])
def test_each_holder_has_the_answer_on_record_under_the_same_trace(
    land: World, pulled: Pulled, trace: str, country: str
) -> None:
    assert pulled.clinical
    event, *others = sorted(land.audited(country, trace), key=lambda each: each["type"]["code"] != "110106")
    for each in (event, *others):
        AuditEvent.model_validate(each)
    assert event["type"]["code"] == "110106"
    assert set(kinds(others)) <= {"tie"}
    assert event["outcome"] == "0"
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
    assert "Patient/p00000" in json.dumps(event["entity"])


def test_a_country_that_knows_nobody_has_it_on_record_that_it_was_asked(
    land: World, pulled: Pulled, trace: str
) -> None:
    assert pulled.clinical
    (event,) = land.audited("CL", trace)
    assert event["outcome"] == "8"
    assert "Patient/" not in json.dumps(event)


def test_key_holders_have_it_on_record_that_they_evaluated(land: World) -> None:
    since = datetime.now(UTC)
    land.pull(WOMAN)
    evaluated = [country for country in ("VE", "CO", "EC", "CL") if _evaluated(land, country, since)]
    assert len(evaluated) >= 2


def _evaluated(land: World, country: str, since: datetime) -> bool:
    """Whether an evaluation for Lima has been put on record since then."""
    named = [
        {agent["who"].get("identifier", {}).get("value") for agent in event["agent"]}
        for event in land.audit(country, f"&date=ge{since:%Y-%m-%dT%H:%M:%S.%fZ}")
    ]
    return any({"holder", "PE"} <= each for each in named)


def test_the_hub_has_counted_the_search_and_nothing_more(land: World) -> None:
    before = resolutions(land, "PE")
    land.pull(WOMAN)
    assert resolutions(land, "PE") == before + 1


def test_the_coordinator_reads_who_disclosed_to_whom_and_no_identity(land: World, pulled: Pulled) -> None:
    assert pulled.clinical
    land.settle()
    before = disclosures(land)
    land.pull(WOMAN)
    land.settle()
    after = disclosures(land)
    for reporter, holder, decision in (
        ("PE", "VE", "asked"),
        ("PE", "CO", "asked"),
        ("VE", "VE", "disclosed"),
        ("CO", "CO", "disclosed"),
        ("CL", "CL", "nothing"),
    ):
        line = reporter, "PE", holder, "TREAT", decision
        assert after[line] == before[line] + 1


def test_no_two_countries_receive_the_same_pseudonyms(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", "CL")
    in_lima = person.registrations[2]
    land.write("PE", consent_of(person, in_lima))
    to_lima = Pulled(land.ask("PE", in_lima.id).json()).by_country["VE"]
    to_santiago = land.pull(person).by_country["VE"]
    assert len(to_lima) == len(to_santiago) > 5
    assert not {each["id"] for each in to_lima} & {each["id"] for each in to_santiago}
