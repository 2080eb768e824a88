from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.errors import CorridorError, InvalidError, MalformedError, UnsupportedError
from corridor.domain.record import DateFact, Draft, ReferenceFact, StringFact, TokenFact
from corridor.fhir.draft import Incoming, draft, drafts
from corridor.fhir.facts import find_facts
from corridor.fhir.search_values import FAR_FUTURE, FAR_PAST

LOINC = "http://loinc.org"
RAW = b"""{
  "resourceType": "Observation", "id": "theirs",
  "meta": {"versionId": "9", "lastUpdated": "2001-01-01T00:00:00Z", "profile": ["http://x/y"], "tag": [{"code": "a"}]},
  "status": "final",
  "code": {"coding": [{"system": "http://loinc.org", "code": "20447-9"}, {"code": "CV"}]},
  "subject": {"reference": "Patient/p1"},
  "performer": [{"reference": "Organization/lab"}, {"reference": "https://x.example/Organization/far"}],
  "device": {"reference": "Device/d1"},
  "effectiveDateTime": "2024-03-02T10:00:00-05:00",
  "valueQuantity": {"value": 72.50, "unit": "copies\\u002fmL"}
}"""


def made(raw: bytes = RAW, resource_type: str = "Observation", id: str = "ours", **more: Any) -> Draft:
    return draft(raw, resource_type=resource_type, id=id, source="https://pe.corridor.example/fhir", **more)


def stored(draft: Draft) -> bytes:
    return draft.head + b'"versionId":"1","lastUpdated":"2024-01-01T00:00:00Z"' + draft.tail


def test_the_clients_bytes_are_kept_but_for_id_and_the_servers_part_of_meta() -> None:
    body = stored(made())
    assert b'"value": 72.50, "unit": "copies\\u002fmL"' in body
    content = json.loads(body)
    assert content["id"] == "ours"
    assert content["meta"] == {
        "versionId": "1",
        "lastUpdated": "2024-01-01T00:00:00Z",
        "profile": ["http://x/y"],
        "tag": [{"code": "a"}],
    }
    sent = json.loads(RAW)
    assert {k: v for k, v in content.items() if k not in {"id", "meta"}} == {
        k: v for k, v in sent.items() if k not in {"id", "meta"}
    }


def test_a_resource_without_meta_or_id_gets_them() -> None:
    content = json.loads(stored(made(b'{"resourceType":"Organization","name":"Lab"}', "Organization")))
    assert content["meta"]["versionId"] == "1"
    assert content["name"] == "Lab"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_no_decimal_ever_changes(value: object) -> None:
    text = str(value).encode()
    raw = RAW.replace(b"72.50", text)
    assert b'"value": ' + text + b"," in stored(made(raw))


@pytest.mark.parametrize(
    "meta", [None, {"tag": [{"code": "b"}]}, {"versionId": "9"}, {"versionId": "9", "source": "x"}]
)
@pytest.mark.parametrize("last", ["id", "resourceType", "status"])
def test_a_space_between_two_members_changes_nothing(meta: dict[str, Any] | None, last: str) -> None:
    whole = {**json.loads(RAW), "meta": meta, "valueQuantity": {"value": 1e-7}}
    whole = {name: value for name, value in whole.items() if value is not None and name != last} | {last: whole[last]}
    compact = orjson.dumps(whole)
    assert made(compact) == made(compact.replace(b',"subject"', b', "subject"'))


def test_columns_and_references_are_taken_out() -> None:
    found = made()
    assert (found.patient_id, found.code) == ("p1", f"{LOINC}|20447-9")
    assert found.effective == datetime(2024, 3, 2, 15, tzinfo=UTC)
    assert sorted(found.references) == ["Organization/lab", "Patient/p1"]


def test_what_may_cross_is_written_with_the_draft() -> None:
    projection = made().projection
    assert projection is not None
    assert projection.category is Category.VIRAL_LOAD
    assert b"\x00Observation/ours\x00" in projection.template


def test_a_patient_is_in_its_own_compartment() -> None:
    found = made(b'{"resourceType":"Patient","name":[{"family":"Rojas"}]}', "Patient", "p9")
    assert found.patient_id == "p9"


def test_the_id_of_an_update_is_in_the_body() -> None:
    assert made(id="theirs", same_id=True).id == "theirs"
    for raw in (RAW, RAW.replace(b'"id": "theirs",', b"")):
        with pytest.raises(InvalidError):
            made(raw, same_id=True)


def test_another_type_than_the_address_names_is_refused() -> None:
    with pytest.raises(InvalidError):
        made(resource_type="Patient")


@pytest.mark.parametrize("raw", [b'{"resourceType":"AuditEvent"}', b'{"resourceType":"Device"}'])
def test_types_that_nobody_writes_here_are_refused(raw: bytes) -> None:
    with pytest.raises(UnsupportedError):
        made(raw, json.loads(raw)["resourceType"])


def test_half_a_resource_is_refused() -> None:
    with pytest.raises(MalformedError):
        made(RAW[:200])


# ---------------------------------------------------------------- facts


def facts(**members: Any) -> tuple[object, ...]:
    return find_facts(members).facts


def test_a_code_carries_the_system_that_its_json_leaves_out() -> None:
    assert TokenFact("status", "http://hl7.org/fhir/observation-status", "final") in find_facts(json.loads(RAW)).facts


def test_every_coding_can_be_searched() -> None:
    found = find_facts(json.loads(RAW)).facts
    assert TokenFact("code", LOINC, "20447-9") in found
    assert TokenFact("code", "", "CV") in found


def test_a_person_is_found_by_each_part_of_the_name_without_accents() -> None:
    name = {"family": "Rojas Peña", "given": ["Luz", "Ángela"], "text": "Luz Ángela Rojas"}
    found = facts(resourceType="Patient", name=[name], birthDate="1984", gender="female", active=True)
    assert StringFact("family", "rojas pena", "Rojas Peña") in found
    assert StringFact("given", "angela", "Ángela") in found
    assert StringFact("name", "luz angela rojas", "Luz Ángela Rojas") in found
    assert TokenFact("active", "", "true") in found
    assert DateFact("birthdate", datetime(1984, 1, 1, tzinfo=UTC), datetime(1985, 1, 1, tzinfo=UTC)) in found


def test_a_period_is_open_where_it_names_no_end() -> None:
    base = {"resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/1"}}
    begun = find_facts(base | {"effectivePeriod": {"start": "2023-05"}})
    assert DateFact("effective", datetime(2023, 5, 1, tzinfo=UTC), FAR_FUTURE) in begun.facts
    assert begun.effective == datetime(2023, 5, 1, tzinfo=UTC)
    ended = find_facts(base | {"effectivePeriod": {"end": "2023-05"}})
    assert DateFact("date", FAR_PAST, datetime(2023, 6, 1, tzinfo=UTC)) in ended.facts
    assert ended.effective is None


def test_days_are_read_in_the_zone_of_the_server() -> None:
    found = find_facts(json.loads(RAW) | {"effectiveDateTime": "2024-03-02"}, timezone(timedelta(hours=-5)))
    assert found.effective == datetime(2024, 3, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("resource", "effective"),
    [
        ({"resourceType": "Condition", "onsetDateTime": "2020"}, 2020),
        ({"resourceType": "Condition", "recordedDate": "2021"}, None),
        ({"resourceType": "MedicationRequest", "authoredOn": "2021"}, 2021),
        ({"resourceType": "MedicationDispense", "whenHandedOver": "2022", "whenPrepared": "2021"}, 2022),
        ({"resourceType": "Immunization", "occurrenceDateTime": "2019"}, 2019),
        ({"resourceType": "Encounter", "period": {"start": "2018"}}, 2018),
        ({"resourceType": "Specimen", "collection": {"collectedDateTime": "2017"}}, 2017),
        ({"resourceType": "Observation", "effectiveTiming": {"event": ["2016", "2017"]}}, 2016),
        ({"resourceType": "Organization", "name": "x"}, None),
    ],
)
def test_each_type_has_its_clinical_date(resource: dict[str, Any], effective: int | None) -> None:
    found = find_facts(resource).effective
    assert (found.year if found else None) == effective


def test_provenance_and_audit_are_about_their_patients() -> None:
    target = [{"reference": "Observation/o"}, {"reference": "Patient/p2"}]
    assert find_facts({"resourceType": "Provenance", "target": target}).patient_id == "p2"
    entity = [{"what": {"reference": "Patient/p3"}}]
    found = find_facts(
        {"resourceType": "AuditEvent", "agent": [{}], "entity": entity, "recorded": "2024-01-01T00:00:00Z"}
    )
    assert ReferenceFact("patient", "Patient", "p3") in found.facts


def test_links_that_lead_elsewhere_are_no_facts() -> None:
    subject = {"reference": "https://x.example/fhir/Patient/1"}
    assert find_facts(json.loads(RAW) | {"subject": subject}).patient_id is None


def test_what_looks_like_a_reference_inside_of_a_text_is_none() -> None:
    said = {"note": [{"text": '{"reference":"Patient/nobody"}'}], "subject": {"reference": "Patient/p1"}}
    whole = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **said}
    spaced = json.dumps(whole).encode()
    assert made(orjson.dumps(whole)).references == made(spaced).references == ("Patient/p1",)


SENT = [
    Incoming(RAW, "Observation", "a"),
    Incoming(b'{"resourceType":"Organization","name":"Lab"}', "Organization", "b"),
    Incoming(b'{"resourceType":"Patient","id":"p1","birthDate":"1990-02-03"}', "Patient", "p1", same_id=True),
    Incoming(b"{", "Patient", "c"),
    Incoming(RAW, "Patient", "d"),
    Incoming(RAW, "Observation", "e", same_id=True),
    Incoming(b'{"resourceType":"Consent","status":"active"}', "Consent", "f"),
]
"""What is taken, and what is refused at one step or another."""


def alone(each: Incoming) -> Draft | CorridorError:
    try:
        return made(each.raw, each.resource_type, each.id, same_id=each.same_id)
    except CorridorError as error:
        return error


@given(st.lists(st.sampled_from(SENT), max_size=200))
def test_many_together_are_drafted_and_refused_as_each_alone(sent: list[Incoming]) -> None:
    together = drafts(sent, source="https://pe.corridor.example/fhir")
    assert [*map(told, together)] == [told(alone(each)) for each in sent]


def told(made: Draft | CorridorError) -> object:
    return made if isinstance(made, Draft) else (type(made), made.message, made.expression)


def test_what_opens_otherwise_than_most_is_cut_in_the_same_way() -> None:
    members = {"status": "final", "code": {"text": "x"}, "meta": {"tag": [{"code": "a"}]}, "id": "theirs"}
    usual = orjson.dumps({"resourceType": "Observation", "id": "theirs", "meta": members["meta"], **members})
    turned = orjson.dumps({**members, "resourceType": "Observation"})
    for raw in (usual, turned):
        assert json.loads(stored(made(raw))) | {"meta": 0, "id": 0} == json.loads(raw) | {"meta": 0, "id": 0}
    assert made(usual).head == made(turned).head
    assert made(usual).tail == made(turned).tail
