"""How a Consent is written, word for word, and where exactly it is said to be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.fhir.consent import read, read_or_deny, render
from tests.fhir.test_consent import ACT_REASON, CONSENT, GIVEN, HIV, NESTED, PATIENT, PE, altered, written

PCF = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentAdvanced"
OURS = "https://corridor.example/fhir"
IRCP = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}
AT = "2026-01-10T12:00:00.000000Z"


def named(kind: str, system: str, value: str) -> dict[str, Any]:
    return {"role": IRCP, "reference": {"type": kind, "identifier": {"system": system, "value": value}}}


def test_a_consent_is_written_word_for_word() -> None:
    full = Provision(
        permit=True,
        countries=frozenset({PE}),
        purposes=frozenset({"TREAT"}),
        categories=frozenset({Category.REGIMEN}),
        period=Period(GIVEN),
        data_period=Period(None, GIVEN),
        holders=frozenset({Country("VE"), Country("CO")}),
        organisations=frozenset({"urn:x|a|b"}),
        roles=frozenset({"clinician"}),
        persons=frozenset({"urn:y|9"}),
    )
    denial = Provision(permit=False, purposes=frozenset({"IMMIG", "HLEGAL"}))
    consent = Consent("c1", status_active=True, given_at=GIVEN, withdrawn_at=GIVEN, provisions=(full, denial))
    resource = {
        "resourceType": "Consent",
        "id": "c1",
        "meta": {"profile": [PCF]},
        "extension": [{"url": f"{OURS}/StructureDefinition/withdrawn", "valueDateTime": AT}],
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": PATIENT,
        "dateTime": AT,
        "performer": [PATIENT],
        "organization": [{"type": "Organization", "identifier": {"system": "urn:iso:std:iso:3166", "value": "PE"}}],
        "sourceAttachment": {"title": "Corridor consent form"},
        "policy": [{"uri": f"{OURS}/Policy/federation"}],
        "provision": {
            "type": "deny",
            "provision": [
                {
                    "type": "permit",
                    "extension": [
                        {"url": f"{OURS}/StructureDefinition/holder", "valueCode": "CO"},
                        {"url": f"{OURS}/StructureDefinition/holder", "valueCode": "VE"},
                    ],
                    "securityLabel": [{"system": f"{OURS}/CodeSystem/category", "code": "regimen"}],
                    "purpose": [{"system": ACT_REASON, "code": "TREAT"}],
                    "actor": [
                        named("Organization", "urn:iso:std:iso:3166", "PE"),
                        named("Organization", "urn:x", "a|b"),
                        named("PractitionerRole", f"{OURS}/CodeSystem/role", "clinician"),
                        named("Practitioner", "urn:y", "9"),
                    ],
                    "period": {"start": AT},
                    "dataPeriod": {"end": AT},
                },
                {
                    "type": "deny",
                    "purpose": [
                        {"system": ACT_REASON, "code": "HLEGAL"},
                        {"system": f"{OURS}/CodeSystem/purpose", "code": "IMMIG"},
                    ],
                },
            ],
        },
    }
    assert render(consent, patient=PATIENT, custodian=PE) == resource
    assert read(resource) == consent
    ended = render(replace(consent, status_active=False), patient=PATIENT, custodian=PE)
    assert ended["status"] == "inactive"


@pytest.mark.parametrize(
    ("path", "value", "expression"),
    [
        (("patient",), None, "Consent.patient"),
        (("dateTime",), None, "Consent.dateTime"),
        (("performer",), None, "Consent.performer"),
        (("organization",), None, "Consent.organization"),
        (("sourceAttachment",), None, "Consent.source"),
        (("verification",), [{"verified": True}], "Consent.verification"),
        (("implicitRules",), "https://corridor.example/rules", "Consent.implicitRules"),
        (("provision", "action"), [{"text": "x"}], "Consent.provision.action"),
        (("provision", "actor"), [named("Organization", "urn:x", "9")], "Consent.provision.actor"),
        (("provision", "purpose"), [{"system": ACT_REASON, "code": "TREAT"}], "Consent.provision.purpose"),
        (("provision", "securityLabel"), [HIV], "Consent.provision.securityLabel"),
        (("provision", "dataPeriod"), {"start": AT}, "Consent.provision.dataPeriod"),
        (("provision", "extension"), [{"url": "urn:x", "valueCode": "x"}], "Consent.provision.extension"),
        ((*NESTED, "action"), [{"text": "x"}], "Consent.provision.provision[0].action"),
        ((*NESTED, "provision"), [{"type": "permit"}], "Consent.provision.provision[0].provision"),
        ((*NESTED, "purpose"), None, "Consent.provision.provision[0].purpose"),
        ((*NESTED, "securityLabel"), None, "Consent.provision.provision[0].securityLabel"),
        ((*NESTED, "actor", 0, "role"), {"text": "x"}, "Consent.provision.provision[0].actor[0].role"),
        ((*NESTED, "actor", 0, "reference"), {"display": "x"}, "Consent.provision.provision[0].actor[0].reference"),
        (
            (*NESTED, "actor", 0, "reference"),
            {"type": "Organization", "identifier": {"system": "urn:x"}},
            "Consent.provision.provision[0].actor[0].reference",
        ),
        (
            (*NESTED, "actor", 0, "reference"),
            {"type": "Group", "identifier": {"system": f"{OURS}/CodeSystem/role", "value": "clinician"}},
            "Consent.provision.provision[0].actor[0].reference",
        ),
        (
            (*NESTED, "extension"),
            [{"url": f"{OURS}/StructureDefinition/holder", "valueString": "PE"}],
            "Consent.provision.provision[0].extension",
        ),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(path: tuple[str | int, ...], value: Any, expression: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read(altered(path, value))
    assert caught.value.expression == (expression,)


def test_names_are_written_in_their_order() -> None:
    names = [f"urn:x|{place:02}" for place in range(20)]
    provision = replace(CONSENT.provisions[0], organisations=frozenset(names), persons=frozenset({"urn:y|a|b|c"}))
    resource = written(replace(CONSENT, provisions=(provision,)))
    found = [each["reference"]["identifier"] for each in resource["provision"]["provision"][0]["actor"]]
    assert [f"{each['system']}|{each['value']}" for each in found] == ["urn:iso:std:iso:3166|PE", *names, "urn:y|a|b|c"]
    assert found[-1] == {"system": "urn:y", "value": "a|b|c"}


def test_codes_are_written_in_their_order() -> None:
    provision = replace(CONSENT.provisions[0], categories=frozenset(Category))
    [node, _] = written(replace(CONSENT, provisions=(provision, CONSENT.provisions[1])))["provision"]["provision"]
    assert [each["code"] for each in node["securityLabel"]] == sorted(Category)


def test_a_refusal_for_some_time_is_bounded_by_its_document_alone() -> None:
    refusal = written()
    refusal["provision"] = {"type": "deny", "period": {"start": AT}}
    found = read(refusal)
    assert (found.period, found.provisions) == (Period(GIVEN), (Provision(permit=False),))


def test_a_denial_of_a_purpose_without_a_code_is_none() -> None:
    refusal = written()
    refusal["provision"] = {"type": "deny", "purpose": [{"system": ACT_REASON}]}
    with pytest.raises(InvalidError) as caught:
        read(refusal)
    assert caught.value.expression == ("Consent.provision.purpose",)


def test_a_consent_that_lacks_much_is_told_the_first_of_it() -> None:
    nobody = written()
    del nobody["patient"], nobody["sourceAttachment"]
    with pytest.raises(InvalidError) as caught:
        read(nobody)
    assert caught.value.expression == ("Consent.patient",)


def test_every_policy_of_a_consent_is_named_by_its_address() -> None:
    both = [{"uri": f"{OURS}/Policy/federation"}, {"authority": "https://corridor.example"}]
    ruled = written() | {"policyRule": {"text": "As agreed."}}
    assert read(ruled) == CONSENT
    del ruled["policy"]
    for wrong in (ruled, written() | {"policy": both}):
        with pytest.raises(InvalidError) as caught:
            read(wrong)
        assert caught.value.expression == ("Consent.policy",)


def test_a_consent_without_provisions_has_a_root_alone() -> None:
    assert written(replace(CONSENT, provisions=()))["provision"].keys() == {"type", "period"}


def test_a_withdrawal_is_one_date() -> None:
    once = {"url": f"{OURS}/StructureDefinition/withdrawn", "valueDateTime": AT}
    other = {"url": "urn:x", "valueString": "x"}
    assert read(written() | {"extension": [other, once]}).withdrawn_at == GIVEN
    assert read(written() | {"extension": [other]}).withdrawn_at is None
    with pytest.raises(InvalidError):
        read(written() | {"extension": [once, once]})


def test_what_cannot_be_read_and_has_ended_is_nothing_but_what_it_was_stored_as() -> None:
    wrong = altered((*NESTED, "class"), [{"code": "x"}])
    for status in ("inactive", "entered-in-error"):
        found = read_or_deny(wrong | {"status": status}, id="c9", at=GIVEN)
        assert (found.id, found.status_active, found.given_at) == ("c9", False, GIVEN)
    for status in ("active", "draft", "proposed", "rejected", None):
        found = read_or_deny(wrong | {"status": status}, id="c9", at=GIVEN)
        assert (found.id, found.status_active, found.readable) == ("c9", True, False)


def test_only_an_active_consent_counts_and_one_without_id_has_none() -> None:
    for status in ("draft", "proposed", "rejected", "inactive", "entered-in-error"):
        assert not read(written() | {"status": status}).status_active
    nameless = written()
    del nameless["id"]
    assert read(nameless) == replace(CONSENT, id="")


def test_the_days_of_a_consent_begin_at_its_own_place() -> None:
    day = written() | {"dateTime": "2026-01-10"}
    day["provision"]["period"] = day["provision"]["provision"][0]["period"] = {"start": "2026-01-10"}
    day["provision"]["provision"][0]["dataPeriod"] = {"start": "2026-01-10"}
    day["extension"] = [{"url": f"{OURS}/StructureDefinition/withdrawn", "valueDateTime": "2026-01-10"}]
    for zone, hour in ((UTC, 0), (timezone(timedelta(hours=-5)), 5)):
        found, start = read(day, zone=zone), datetime(2026, 1, 10, hour, tzinfo=UTC)
        permit = found.provisions[0]
        starts = (found.given_at, found.withdrawn_at, found.period.start, permit.period.start, permit.data_period.start)
        assert starts == (start,) * 5
