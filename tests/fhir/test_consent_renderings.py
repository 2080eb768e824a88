"""A consent in other forms says no more than it does itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from fhir.resources.R4B.consent import Consent as ConsentModel
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Provision, decide, denial
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.fhir.consent import read, render
from corridor.fhir.consent_renderings import FAST, SMART, Shared, render_fast, render_smart
from corridor.fhir.validate import validate
from tests.domain.consent_values import DAY, NOW, consents

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
PATIENT = {"type": "Patient", "identifier": {"system": "https://pe.example/mrn", "value": "1"}}
PERMIT = Provision(
    permit=True,
    countries=frozenset({PE}),
    holders=frozenset({VE}),
    purposes=frozenset({"TREAT"}),
    categories=frozenset({Category.REGIMEN, Category.VIRAL_LOAD, Category.DEMOGRAPHICS}),
)
CONSENT = Consent("c1", status_active=True, given_at=NOW, period=Period(NOW, NOW + DAY), provisions=(PERMIT,))
RECORDS = [
    Shared("MedicationStatement/m1", Category.REGIMEN, NOW),
    Shared("Observation/v1", Category.VIRAL_LOAD, NOW - DAY),
    Shared("Observation/v2", Category.VIRAL_LOAD),
    Shared("Observation/c1", Category.CD4, NOW),
]
FORBIDDEN_BELOW = {"action", "class", "code", "securityLabel"}


def fast(consent: Consent = CONSENT, custodian: Country = VE) -> dict[str, Any]:
    return plain(render_fast(consent, patient=PATIENT, custodian=custodian))


def smart(consent: Consent = CONSENT, custodian: Country = VE) -> dict[str, Any]:
    return plain(render_smart(consent, RECORDS, patient=PATIENT, custodian=custodian))


def plain(resource: dict[str, Any]) -> dict[str, Any]:
    """As it is sent, and valid R4 by two readers."""
    sent: dict[str, Any] = orjson.loads(orjson.dumps(resource))
    validate(sent)
    ConsentModel.model_validate(sent)
    return sent


def test_fast_has_an_identifier_and_no_organization() -> None:
    made = fast()
    assert made["meta"]["profile"] == [FAST]
    assert "organization" not in made
    assert made["identifier"][0]["value"] == "urn:uuid:c1"
    assert made["status"] in {"active", "inactive"}
    assert made.keys() >= {"dateTime", "performer", "patient", "policy", "sourceAttachment", "provision"}
    assert "extension" not in made["provision"]["provision"][0]


def _is_sayable(permit: Provision) -> bool:
    return bool(permit.categories) and bool(permit.purposes) and permit.purposes <= set(Purpose)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(consents)
def test_fast_permits_the_custodian_no_more_than_the_consent_does(consent: Consent) -> None:
    sayable = tuple(each for each in consent.provisions if not each.permit or _is_sayable(each))
    consent = replace(consent, id="c1", readable=True, provisions=sayable)
    try:
        read(render(consent, patient=PATIENT, custodian=VE))
    except InvalidError:
        reject()  # no such document can be written
    again = read(
        {
            **render_fast(consent, patient=PATIENT, custodian=VE),
            "organization": [{"identifier": {"system": "urn:iso:std:iso:3166", "value": VE}}],
        }
    )
    for asker, at in product((PE, CO), (NOW - DAY, NOW, NOW + DAY)):
        ask = Ask(asker, VE, "TREAT", frozenset(Category), role=Role.CLINICIAN)
        there, here = decide((again,), ask, at), decide((consent,), ask, at)
        if not isinstance(there, Deny):
            assert not isinstance(here, Deny)
            assert there.categories <= here.categories


def test_smart_names_the_records_that_it_permits_and_no_category() -> None:
    made = smart()
    root = made["provision"]
    assert made["meta"]["profile"] == [SMART]
    assert root["type"] == "deny"
    assert [each["code"] for each in root["purpose"]] == ["TREAT"]
    assert root["period"]["start"]
    (permit,) = root["provision"]
    told = [each["reference"]["reference"] for each in permit["data"]]
    assert told == ["MedicationStatement/m1", "Observation/v1", "Observation/v2"]
    assert {each["meaning"] for each in permit["data"]} == {"instance"}
    assert not FORBIDDEN_BELOW & (root.keys() | permit.keys())
    assert permit["actor"][0]["role"]["coding"][0]["code"] == "IRCP"
    assert "verification" not in made
    assert made["organization"]


def test_smart_leaves_out_what_a_denial_or_a_date_takes_away() -> None:
    refused = Provision(permit=False, categories=frozenset({Category.REGIMEN}))
    dated = replace(PERMIT, data_period=Period(NOW - DAY / 2))
    made = smart(replace(CONSENT, provisions=(PERMIT, refused)))
    assert [[one["reference"]["reference"] for one in each["data"]] for each in made["provision"]["provision"]] == [
        ["Observation/v1", "Observation/v2"],
        ["MedicationStatement/m1"],
    ]
    (permit,) = smart(replace(CONSENT, provisions=(dated,)))["provision"]["provision"]
    assert [each["reference"]["reference"] for each in permit["data"]] == ["MedicationStatement/m1"]


def test_a_denial_of_everything_stays_one() -> None:
    everything = Provision(permit=False, purposes=frozenset({"HRESCH"}))
    made = smart(replace(CONSENT, provisions=(PERMIT, everything)))
    assert "data" not in made["provision"]["provision"][1]


@pytest.mark.parametrize(
    "consent",
    [
        denial("c1", NOW),
        replace(CONSENT, withdrawn_at=NOW),
        replace(CONSENT, provisions=()),
        replace(CONSENT, provisions=(replace(PERMIT, holders=frozenset({CO})),)),
        replace(CONSENT, provisions=(replace(PERMIT, categories=frozenset({Category.TUBERCULOSIS})),)),
    ],
    ids=["unreadable", "withdrawn", "empty", "of another holder", "nothing that goes along"],
)
def test_where_nothing_would_be_permitted_there_is_no_smart_consent(consent: Consent) -> None:
    with pytest.raises(InvalidError):
        smart(consent)


@pytest.mark.parametrize("consent", [replace(CONSENT, withdrawn_at=NOW), replace(CONSENT, provisions=())])
def test_fast_of_what_permits_nothing_is_a_refusal(consent: Consent) -> None:
    assert all(each["type"] == "deny" for each in fast(consent)["provision"]["provision"])


@given(st.sampled_from([CO, PE]))
def test_what_others_hold_is_not_told(custodian: Country) -> None:
    assert [each["type"] for each in fast(custodian=custodian)["provision"]["provision"]] == ["deny"]


def test_a_consent_dated_by_a_day_begins_with_that_day_where_it_was_written() -> None:

    lima = ZoneInfo("America/Lima")
    written = fast() | {
        "dateTime": "2026-11-23",
        "organization": [{"type": "Organization", "identifier": PATIENT["identifier"]}],
    }
    written["provision"]["period"] = {"start": "2026-11-23", "end": "2026-12-31"}
    found = read(written, zone=lima)
    assert found.given_at == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert found.given_at.astimezone(lima).date().isoformat() == "2026-11-23"
    assert found.period == Period(
        datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC) - timedelta.resolution
    )
    assert read(written).given_at == datetime(2026, 11, 23, tzinfo=UTC)
