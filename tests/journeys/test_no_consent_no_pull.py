import json
import secrets

import pytest

from demo.values import Outcome
from tests.journeys.coordinator import resolutions
from tests.journeys.world import World


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.NO_CONSENT, "no-consent"),
        (Outcome.EXPIRED, "not-in-force"),
        (Outcome.WITHDRAWN_HERE, "no-consent"),
    ],
)
def test_without_a_consent_in_force_nobody_is_asked(land: World, outcome: Outcome, reason: str) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=outcome)
    before, trace = resolutions(land, "PE"), secrets.token_hex(16)
    refused = land.ask("PE", person.here.id, trace=trace)
    assert refused.status_code == 403
    assert refused.json()["resourceType"] == "OperationOutcome"
    (event,) = land.audited("PE", trace)
    assert event["outcome"] in {"4", "8"}
    assert event["outcomeDesc"] == reason
    assert resolutions(land, "PE") == before
    assert all(not land.audited(country, trace) for country in ("VE", "CO", "EC", "CL"))


def test_a_person_whom_lima_does_not_know_cannot_be_asked_for(land: World) -> None:
    trace = secrets.token_hex(16)
    refused = land.ask("PE", "nobody", trace=trace)
    assert refused.status_code == 404
    (event,) = land.audited("PE", trace)
    assert event["outcomeDesc"] == "unknown-person"


@pytest.mark.parametrize(
    "purpose", ["IMMIG", "LAWENFORCE", "HLEGAL", "DEPORT", "EMPLOY", "INSURE", "BTG", "PUBHLTH", "ETREAT", "X"]
)
def test_what_was_consented_for_treatment_is_given_for_nothing_else(land: World, purpose: str) -> None:
    trace = secrets.token_hex(16)
    refused = land.ask("PE", "p00000", purpose=purpose, trace=trace)
    assert refused.status_code == 403
    (event,) = land.audited("PE", trace)
    assert event["outcome"] in {"4", "8"}
    assert purpose in json.dumps(event["purposeOfEvent"])
