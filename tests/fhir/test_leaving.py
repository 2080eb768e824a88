"""What leaves in a summary points at nothing that stays, and says nothing of where somebody is from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.record import Record
from corridor.fhir.leaving import leaving
from corridor.fhir.schema import validator

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
HL7 = "http://hl7.org/fhir/StructureDefinition/"
GONE, KEPT = {"reference": "Observation/gone"}, {"reference": "Observation/kept"}


def stored(resource: dict[str, Any]) -> Record:
    return Record(resource["resourceType"], resource["id"], 1, NOON, json.dumps(resource).encode(), "p")


def observation(id: str = "o", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"text": "Hemoglobina"},
        "subject": {"reference": "Patient/p"},
        **elements,
    }


def left(*resources: dict[str, Any], **person: Any) -> list[dict[str, Any]]:
    """What leaves of a person and some records, beside one that always does; each of them valid R4."""
    records = [{"resourceType": "Patient", "id": "p", **person}, *resources, observation("kept")]
    going = [json.loads(each.body or b"") for each in leaving([stored(each) for each in records], "PE")]
    for each in going:
        assert not [*validator(each["resourceType"]).iter_errors(each)]
    return going[:-1]


@pytest.mark.parametrize(
    "held",
    [
        {"hasMember": [GONE]},
        {"hasMember": [GONE, GONE], "derivedFrom": [GONE]},
        {"hasMember": [{"reference": "https://pe.example/fhir/Observation/gone/_history/2"}]},
        {"hasMember": [{"reference": "urn:uuid:6f1c9c6e-0b0e-4f1b-9a51-0f3f3f0b9e11"}]},
        {"hasMember": [{"identifier": {"system": "urn:x", "value": "gone"}}], "basedOn": [{"display": "pedido 12"}]},
        {"extension": [{"url": "https://x.example/previous", "valueReference": GONE}]},
        {"extension": [{"url": "https://x.example/previous", "valueUri": "Observation/gone"}]},
        {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Observation/gone</div>'}},
        {"performer": [{"reference": "RelatedPerson/mother"}], "encounter": {"reference": "Encounter/gone"}},
        {"focus": [{"reference": "Patient/another"}]},
    ],
)
def test_what_points_at_a_record_that_stays_is_not_there_at_all(held: dict[str, Any]) -> None:
    assert left(observation(**held)) == left(observation())


def test_what_only_held_such_a_reference_goes_with_it() -> None:
    def gone(id: str) -> dict[str, str]:
        return {"reference": f"DiagnosticReport/{id}"}

    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Hemograma"}}
    media = [{"comment": "gone", "link": {"reference": "Media/gone"}}]
    assert left({**report, "media": media, "result": [GONE, KEPT]})[1:] == [{**report, "result": [KEPT]}]
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}}
    evidence = [{"detail": [gone("x")]}, {"code": [{"text": "CD4"}], "detail": [gone("x"), KEPT]}]
    assert left({**condition, "evidence": evidence})[1]["evidence"] == [{"code": [{"text": "CD4"}], "detail": [KEPT]}]


def test_a_consent_leaves_whole_or_not_at_all() -> None:
    actor = {"role": {"text": "IRCP"}, "reference": {"reference": "RelatedPerson/mother"}}
    consent = {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "scope": {"text": "adr"},
        "category": [{"text": "adr"}],
        "policyRule": {"text": "x"},
    }
    assert left({**consent, "provision": {"actor": [actor]}}) == left()
    assert left(consent)[1] == consent


def test_the_bytes_that_leave_do_not_tell_that_something_was_cut() -> None:
    def written(resource: dict[str, Any], *, blanks: bool) -> bytes:
        text = json.dumps(resource, indent=1 if blanks else None).replace('"value": 0', '"value": 72.50')
        record = Record("Observation", "o", 1, NOON, text.encode(), "p")
        return (
            leaving([record, stored({"resourceType": "Patient", "id": "p"}), stored(observation("kept"))], "PE")[0].body
            or b""
        )

    performers = [{"reference": "Organization/o1", "display": "Posta"}, {"display": "Laboratorio"}]
    whole = observation(performer=performers, hasMember=[KEPT], valueQuantity={"value": 0})
    bare = written(whole, blanks=False)
    assert json.loads(bare) == {**whole, "valueQuantity": {"value": 72.5}}
    assert b"72.50" in bare
    assert written(whole, blanks=True) == bare
    assert written({**whole, "hasMember": [GONE, KEPT]}, blanks=True) == bare


@given(st.lists(st.sampled_from(["kept", "gone", "away"]), max_size=5))
def test_exactly_what_goes_is_referred_to(names: list[str]) -> None:
    members = {"hasMember": [{"reference": f"Observation/{name}"} for name in names]} if names else {}
    (_, answer) = left(observation(**members))
    assert answer.get("hasMember", []) == [KEPT for name in names if name == "kept"]


def paper(code: str, value: str, system: str = "") -> dict[str, Any]:
    typed = {"type": {"coding": [{"system": V2, "code": code}]}, "value": value}
    return typed | ({"system": system} if system else {})


OWN = paper("NI", "44556677", "urn:oid:2.16.604")
PERSON = {
    "name": [{"family": "Rojas", "given": ["Ana"]}],
    "birthDate": "1987-03-12",
    "identifier": [OWN],
}
TELLING = {
    "extension": [
        {"url": f"{HL7}patient-nationality", "extension": [{"url": "code", "valueCodeableConcept": {"text": "VE"}}]},
        {"url": f"{HL7}patient-citizenship", "extension": [{"url": "code", "valueCodeableConcept": {"text": "VE"}}]},
        {"url": f"{HL7}patient-religion", "valueCodeableConcept": {"text": "evangélica"}},
        {"url": f"{HL7}patient-birthPlace", "valueAddress": {"country": "VE"}},
        {"url": "https://x.example/anything", "valueString": "VE"},
    ],
    "identifier": [
        OWN,
        paper("PPN", "123", "urn:oid:2.16.862"),
        paper("PRC", "CE-123"),
        {"type": {"text": "PTP"}, "value": "PTP-123"},
        {"type": {"text": "Carnet de refugiado"}, "value": "R-1", "system": "https://acnur.example"},
        {"system": "https://pe.example/expediente", "value": "X-9"},
    ],
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Venezolana</div>'},
    "address": [{"country": "VE", "city": "Maracaibo"}],
    "telecom": [{"system": "phone", "value": "+58 412 5550100"}],
    "maritalStatus": {"text": "casada"},
    "communication": [{"language": {"text": "wayuunaiki"}}],
    "contact": [{"name": {"text": "su madre"}}],
    "link": [{"type": "seealso", "other": {"reference": "Patient/p0"}}],
    "managingOrganization": {"reference": "Organization/acnur"},
    "meta": {"tag": [{"code": "refugee"}]},
}


def test_of_the_person_what_identifies_them_leaves_and_nothing_of_their_origin() -> None:
    (bare,) = left(**PERSON)
    (told,) = left(**PERSON | TELLING)
    assert told == bare == {"resourceType": "Patient", "id": "p", **PERSON}


def test_a_missing_birth_date_is_still_told_as_missing() -> None:
    absent = {"url": f"{HL7}data-absent-reason", "valueCode": "unknown"}
    place = {"url": f"{HL7}patient-birthPlace", "valueAddress": {"country": "VE"}}
    (told,) = left(_birthDate={"extension": [absent, place]})
    assert told["_birthDate"] == {"extension": [absent]}


@pytest.mark.parametrize(
    "extension",
    [
        {"url": f"{HL7}patient-citizenship", "valueCode": "VE"},
        {"url": "https://x.example/PaisNacionalidad", "valueCode": "862"},
        {"url": "https://x.example/religion", "valueString": "x"},
        {"url": "https://x.example/x", "valueCodeableConcept": {"text": "Solicitante de asilo"}},
        {"url": "https://x.example/x", "extension": [{"url": "status", "valueString": "refugiada"}]},
    ],
)
def test_no_record_carries_an_extension_of_origin(extension: dict[str, Any]) -> None:
    harmless = {"url": "https://x.example/method", "valueString": "PCR"}
    told = observation(extension=[extension, harmless], code={"text": "Hemoglobina", "extension": [extension]})
    assert left(told) == left(observation(extension=[harmless]))
