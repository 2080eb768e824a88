"""What the node itself writes keeps the profiles that it publishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from msgspec.structs import replace

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.period import Period
from corridor.domain.trace import Trace
from corridor.fhir import audit_event, consent, provenance
from corridor.fhir.draft import draft
from corridor.fhir.invariants import broken_invariants
from corridor.fhir.profile_checks import profile_problems
from corridor.fhir.profile_rules import PREFIX, profile
from corridor.fhir.projection import fill, project_bytes
from corridor.fhir.terminology import codes_of
from tests.fhir.test_profiles import EXAMPLES

PE, VE = Country("PE"), Country("VE")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACT = AuditFact(
    kind=AuditKind.READ,
    outcome=AuditOutcome.SUCCESS,
    at=AT,
    trace=Trace("a" * 32, "b" * 16),
    request_id="req-1",
    agent="c" * 32,
    role="clinician",
    purpose="TREAT",
    patient_ids=("p1", "p2"),
    resource="Observation/o1",
    asker=PE,
    holder=VE,
    consent_ids=("c1",),
)


def kept(resource: dict[str, Any], name: str) -> None:
    wanted = profile(PREFIX + name)
    assert [*profile_problems(resource, wanted), *broken_invariants(resource, wanted)] == []


@pytest.mark.parametrize("outcome", AuditOutcome)
@pytest.mark.parametrize("kind", AuditKind)
def test_every_audit_event_keeps_its_profile(kind: AuditKind, outcome: AuditOutcome) -> None:
    for fact in (FACT, replace(FACT, patient_ids=(), agent="", purpose="", request_id="", consent_ids=())):
        body = audit_event.render(replace(fact, kind=kind, outcome=outcome), id="e1", node=PE)
        kept(orjson.loads(body), "audit-event")


def test_a_consent_taken_at_a_node_keeps_its_profile() -> None:
    permit = Provision(
        permit=True,
        countries=frozenset({PE}),
        holders=frozenset({VE}),
        purposes=frozenset({"TREAT"}),
        categories=frozenset({Category.MATCH, Category.REGIMEN}),
    )
    never = Provision(permit=False, purposes=frozenset({"IMMIG", "HLEGAL"}))
    given = Consent(
        id="c1",
        status_active=True,
        given_at=AT,
        withdrawn_at=AT + timedelta(days=1),
        period=Period(AT, None),
        provisions=(permit, never),
    )
    kept(consent.render(given, patient={"reference": "Patient/p1"}, custodian=PE), "consent-exchange")


def test_the_example_of_a_consent_is_read_as_it_is_meant() -> None:
    read = consent.read(EXAMPLES["consent-exchange"])
    permit, denial = read.provisions
    assert (permit.permit, permit.holders, permit.countries) == (True, {"CO", "VE"}, {"PE"})
    assert permit.categories == {Category.MATCH, Category.REGIMEN, Category.VIRAL_LOAD}
    assert (denial.permit, denial.purposes) == (False, {"IMMIG"})


@pytest.mark.parametrize("jws", ["", "a..b"])
def test_a_provenance_keeps_its_profile(jws: str) -> None:
    resource = provenance.render(id="p", targets=["Observation/o1"], agent=VE, recorded_at=AT, jws=jws, entity="urn:x")
    kept(resource, "provenance")


def test_a_patient_who_crosses_a_border_keeps_the_profile_of_the_exchange() -> None:
    whole = EXAMPLES["patient-national"] | {
        "telecom": [{"system": "phone", "value": "1"}],
        "deceasedDateTime": "2024-01-01",
        "text": {"status": "generated", "div": "<div>Marisol</div>"},
        "link": [{"other": {"reference": "Patient/x"}, "type": "seealso"}],
    }
    projection = project_bytes(orjson.dumps(whole), patient_id=whole["id"], source="https://pe.example")
    assert projection is not None
    crossed = orjson.loads(fill(projection.template, lambda name: f"x-{len(name)}"))
    kept(crossed, "patient-exchange")
    assert crossed["birthDate"] == "1988"


def test_every_example_but_of_the_audit_can_be_written_to_a_node() -> None:
    for resource in EXAMPLES.values():
        if resource["resourceType"] != "AuditEvent":
            raw = orjson.dumps(resource)
            draft(raw, resource_type=resource["resourceType"], id=resource["id"], source="https://pe.example")


def test_labels_that_consents_use_are_labels_of_the_value_set() -> None:
    url = "https://corridor.example/fhir/ValueSet/sensitivity-labels"
    labels = EXAMPLES["consent-exchange"]["provision"]["provision"][0]["securityLabel"]
    assert {(each["system"], each["code"]) for each in labels} <= codes_of(url)
