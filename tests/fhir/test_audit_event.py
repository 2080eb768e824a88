import base64
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.trace import Trace
from corridor.fhir.audit_event import TRACEPARENT, render
from corridor.fhir.validate import problems

PE, VE = Country("PE"), Country("VE")
TRACE = Trace("a" * 32, "b" * 16)
FACT = AuditFact(
    kind=AuditKind.READ,
    outcome=AuditOutcome.SUCCESS,
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    trace=TRACE,
    request_id="req-1",
    agent="c" * 32,
    role="clinician",
    purpose="TREAT",
    patient_ids=("p1",),
    resource="Observation/o1",
)
CROSSING = replace(FACT, asker=PE, holder=VE, resource="")
BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."

FIXED: dict[str, tuple[str, str, str, str, list[str], list[str]]] = {
    # profile: (type, subtype, action, outcome or any, agent types, entity types); IHE BALP 1.1.5, CC-BY-4.0
    "Create": ("rest", "create", "C", "0", ["110153", "110152"], ["2"]),
    "Read": ("rest", "read", "R", "0", ["110152", "110153"], ["2"]),
    "Update": ("rest", "update", "U", "0", ["110153", "110152"], ["2"]),
    "Delete": ("rest", "delete", "D", "0", ["110150", "custodian"], ["2"]),
    "Query": ("rest", "search-type", "E", "0", ["110153", "110152"], ["2"]),
    "AuthZconsent": ("110113", "AuthZ-Consent", "E", "", ["110150", "IRCP", "PROV", "authserver"], ["1", "Consent"]),
    "PrivacyDisclosure.Source": ("110106", "disclose", "R", "", ["110153", "110152"], ["1"]),
    "PrivacyDisclosure.Recipient": ("110107", "disclose", "C", "", ["110153", "110152"], ["1"]),
}


def written(fact: AuditFact, node: Country = PE) -> dict[str, Any]:
    body = render(fact, id="e1", node=node)
    AuditEvent.model_validate_json(body)
    resource: dict[str, Any] = orjson.loads(body)
    assert not [*problems(resource)]
    return resource


def profile(resource: dict[str, Any]) -> str:
    claimed: list[str] = resource["meta"].get("profile", [""])
    assert len(claimed) == 1
    return claimed[0].removeprefix(BALP)


def agent_types(resource: dict[str, Any]) -> list[str]:
    return [agent["type"]["coding"][0]["code"] for agent in resource["agent"]]


def entity_types(resource: dict[str, Any]) -> list[str]:
    return [entity["type"]["code"] for entity in resource["entity"]]


def check_profile(resource: dict[str, Any]) -> None:
    """What the claimed profile fixes, from its StructureDefinition."""
    name = profile(resource)
    if not name:
        return
    kind, subtype, action, outcome, agents, entities = FIXED[name.removeprefix("Patient")]
    assert (resource["type"]["code"], resource["action"]) == (kind, action)
    assert subtype in [each["code"] for each in resource["subtype"]]
    assert not outcome or resource["outcome"] == outcome
    for code in agents:
        assert agent_types(resource).count(code) == 1
    assert set(entities) <= set(entity_types(resource))
    if name.startswith("Patient") or outcome == "":
        assert entity_types(resource).count("1") == 1
    if name == "AuthZconsent":
        assert set(entity_types(resource)) == {"1", "Consent"}
    for agent in resource["agent"]:
        assert "media" not in agent
        person = agent["type"]["coding"][0]["code"] in {"IRCP", "AUT"}
        assert agent["requestor"] is person
        assert ("network" in agent) is (
            agent["type"]["coding"][0]["code"] in {"110150", "110152", "110153", "custodian"}
        )


facts = st.builds(
    AuditFact,
    kind=st.sampled_from(AuditKind),
    outcome=st.sampled_from(AuditOutcome),
    at=st.just(FACT.at),
    trace=st.just(TRACE),
    request_id=st.sampled_from(["", "req-1"]),
    agent=st.sampled_from(["", "c" * 32]),
    role=st.sampled_from(["", "clinician"]),
    network=st.sampled_from(["", "192.0.2.7"]),
    asker=st.sampled_from([None, PE, VE]),
    holder=st.sampled_from([None, PE, VE]),
    purpose=st.sampled_from(["", "TREAT", "IMMIG", "a purpose", " ", "\n"]),
    patient_ids=st.sampled_from([(), ("p1",), ("p1", "p2")]),
    resource=st.sampled_from(["", "Observation", "Observation/o1", "Patient/p1"]),
    query=st.sampled_from(["", "code=20447-9", "name=é"]),
    reason=st.sampled_from(["", "denied"]),
    consent_ids=st.sampled_from([(), ("c1",), ("c1", "c2")]),
)


@given(facts, st.sampled_from([PE, VE]))
def test_every_event_is_valid_and_keeps_what_its_profile_fixes(fact: AuditFact, node: Country) -> None:
    check_profile(written(fact, node))


@given(facts.filter(lambda fact: fact.outcome is AuditOutcome.FAILURE))
def test_a_failure_claims_no_pattern_that_means_success(fact: AuditFact) -> None:
    assert profile(written(fact)) in {"", "AuthZconsent"}


@given(facts)
def test_the_trace_is_in_every_event(fact: AuditFact) -> None:
    resource = written(fact)
    traces = [each["valueString"] for each in resource.get("extension", ()) if each["url"] == TRACEPARENT]
    traces += [
        each["what"]["identifier"]["value"] for each in resource.get("entity", ()) if each["type"]["code"] == "4"
    ]
    assert traces == [str(TRACE)]


@pytest.mark.parametrize(
    ("fact", "node", "expected"),
    [
        (FACT, PE, "PatientRead"),
        (replace(FACT, patient_ids=()), PE, "Read"),
        (replace(FACT, outcome=AuditOutcome.FAILURE), PE, ""),
        (replace(FACT, kind=AuditKind.SEARCH, resource="Observation"), PE, "PatientQuery"),
        (replace(FACT, kind=AuditKind.SEARCH, patient_ids=("p1", "p2")), PE, "Query"),
        (replace(FACT, kind=AuditKind.CREATE), PE, "PatientCreate"),
        (replace(FACT, kind=AuditKind.UPDATE), PE, "PatientUpdate"),
        (replace(FACT, kind=AuditKind.DELETE), PE, "PatientDelete"),
        (replace(FACT, kind=AuditKind.CREATE, resource=""), PE, ""),
        (replace(CROSSING, kind=AuditKind.ANSWER), VE, "PrivacyDisclosure.Source"),
        (replace(CROSSING, kind=AuditKind.ANSWER), PE, ""),
        (replace(CROSSING, kind=AuditKind.ANSWER, patient_ids=()), VE, ""),
        (replace(CROSSING, kind=AuditKind.RECEIPT), PE, "PrivacyDisclosure.Recipient"),
        (replace(CROSSING, kind=AuditKind.RECEIPT, holder=None), PE, ""),
        (
            replace(CROSSING, kind=AuditKind.REFUSE, outcome=AuditOutcome.FAILURE, consent_ids=("c",)),
            VE,
            "AuthZconsent",
        ),
        (replace(CROSSING, kind=AuditKind.REFUSE, outcome=AuditOutcome.FAILURE), VE, ""),
        (replace(CROSSING, kind=AuditKind.ASK, consent_ids=("c",)), PE, "AuthZconsent"),
        (replace(FACT, kind=AuditKind.LOGIN), PE, ""),
    ],
)
def test_a_profile_is_claimed_only_where_it_fits(fact: AuditFact, node: Country, expected: str) -> None:
    assert profile(written(fact, node)) == expected


def test_the_person_who_acted_is_a_pseudonym_with_role_and_purpose() -> None:
    user = written(FACT)["agent"][-1]
    assert user["who"]["identifier"]["value"] == "c" * 32
    assert user["role"] == [{"text": "clinician"}]
    assert user["purposeOfUse"][0]["coding"][0]["code"] == "TREAT"


def test_an_unknown_purpose_is_kept_as_text_and_a_forbidden_one_as_our_code() -> None:
    assert written(replace(FACT, purpose="a purpose"))["purposeOfEvent"] == [{"text": "a purpose"}]
    forbidden = written(replace(FACT, purpose="DEPORT"))["purposeOfEvent"][0]["coding"][0]
    assert forbidden == {"system": "https://corridor.example/fhir/CodeSystem/purpose", "code": "DEPORT"}


def test_a_search_keeps_its_query() -> None:
    entity = written(replace(FACT, kind=AuditKind.SEARCH, query="code=20447-9"))["entity"][0]
    assert base64.b64decode(entity["query"]) == b"code=20447-9"
    assert "what" not in entity


def test_a_refusal_is_a_serious_failure_with_its_reason() -> None:
    resource = written(replace(CROSSING, kind=AuditKind.REFUSE, outcome=AuditOutcome.FAILURE, reason="withdrawn"))
    assert (resource["outcome"], resource["outcomeDesc"]) == ("8", "withdrawn")


def test_who_disclosed_is_who_recorded_it() -> None:
    resource = written(replace(CROSSING, kind=AuditKind.ANSWER), VE)
    assert resource["agent"][0]["who"] == resource["source"]["observer"]
    assert resource["agent"][1]["who"]["identifier"]["value"] == "PE"
