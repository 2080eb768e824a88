"""What crosses a border, both ways."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.parameters import Parameters
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError, MalformedError, UnsupportedError
from corridor.domain.grade import Grade
from corridor.domain.history import Entry
from corridor.domain.purpose import Purpose
from corridor.fhir.exchange import BUCKETS_BYTES, EMPTY_ANSWER, parse_answer, render_answer
from corridor.fhir.exchange_request import HistoryAsk, read_ask, read_search, render_ask, select

BASE = "https://ve.example/exchange"
STATEMENT = b'{"resourceType":"Bundle","type":"collection",  "entry":[]}'
ASK = HistoryAsk("h" * 43, Purpose.TREAT, STATEMENT, "c" * 32, datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC))
PATIENT = Entry("Patient", "a" * 32, b'{"resourceType":"Patient","id":"%b"}' % (b"a" * 32))


def observation(number: int, *, code: str = "20447-9", category: str = "laboratory") -> Entry:
    own_id = f"{number:032x}"
    resource = {
        "resourceType": "Observation",
        "id": own_id,
        "status": "final",
        "category": [{"coding": [{"system": "http://x", "code": category}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{PATIENT.id}"},
    }
    return Entry("Observation", own_id, orjson.dumps(resource))


def test_a_request_comes_out_as_it_went_in_and_is_valid_fhir() -> None:
    body = render_ask(ASK)
    assert read_ask(body) == ASK
    assert STATEMENT in body
    Parameters.model_validate_json(body)


@pytest.mark.parametrize("code", ["IMMIG", "LAWENFORCE", "MARKETING"])
def test_a_purpose_is_read_as_it_is_claimed(code: str) -> None:
    assert read_ask(render_ask(ASK).replace(b'"TREAT"', b'"%b"' % code.encode())).purpose == code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"Parameters"', b'"Bundle"'),
        (b'"handle"', b'"other"'),
        (b'"handle"', b'"clinician"'),
        (b"valueString", b"valueCode"),
        (b"hhh", b"<>&"),
        (b"v3-ActReason", b"v3-Other"),
        (b"2026-11-22T", b"22/11/2026 "),
        (b"Z", b""),
        (b'{"name":"statement"', b'{"extra":1,"name":"statement"'),
        (b'"parameter":[', b'"parameter":[{"name":"handle","valueString":"x"},'),
    ],
)
def test_a_request_in_any_other_form_is_malformed(old: bytes, new: bytes) -> None:
    body = render_ask(ASK)
    assert old in body
    with pytest.raises(MalformedError):
        read_ask(body.replace(old, new))


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_a_clear_error(body: bytes) -> None:
    for read in (read_ask, parse_answer):
        with pytest.raises(MalformedError):
            read(body)


def test_an_answer_comes_out_byte_for_byte_with_its_grade() -> None:
    entries = (PATIENT, observation(1), observation(2))
    body = render_answer(entries, Grade.PROBABLE, base_url=BASE)
    assert parse_answer(body) == (entries, Grade.PROBABLE)
    first = orjson.loads(body)["entry"][0]
    assert first["fullUrl"] == f"{BASE}/Patient/{PATIENT.id}"
    assert first["search"]["extension"][0]["valueCode"] == "probable"
    Bundle.model_validate_json(body)


def test_there_is_one_empty_answer() -> None:
    assert render_answer((), None, base_url=BASE) == EMPTY_ANSWER
    assert render_answer((), Grade.CERTAIN, base_url="https://other.example") == EMPTY_ANSWER
    assert parse_answer(EMPTY_ANSWER) == ((), None)
    assert orjson.loads(EMPTY_ANSWER) == {"resourceType": "Bundle", "type": "searchset"}


@pytest.mark.parametrize(("count", "bucket"), [(1, 0), (120, 0), (400, 1), (2000, 2), (9000, 3), (15000, None)])
def test_the_length_of_an_answer_tells_only_its_bucket(count: int, bucket: int | None) -> None:
    entries = (PATIENT, *(observation(number) for number in range(count)))
    size = len(render_answer(entries, Grade.CERTAIN, base_url=BASE))
    assert size == (BUCKETS_BYTES[bucket] if bucket is not None else 2 * BUCKETS_BYTES[-1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"searchset"', b'"collection"'),
        (b'"type":"searchset"', b'"type":"searchset","total":2'),
        (b'"certain"', b'"possible"'),
        (b'"certain"', b'"surely"'),
        (b"match-grade", b"other"),
        (b'"Observation"', b'"Practitioner"'),
        (b'"resource":{', b'"resource":[{'),
        (b"/Observation/", b"/Condition/"),
        (b'"id":"0', b'"id":"<'),
        (b'{"status"', b'{"id":"x","status"'),
        (b"00001", b"00002"),
        (b'"Patient","id"', b'"Observation","id"'),
    ],
)
def test_an_answer_in_any_other_form_is_malformed(old: bytes, new: bytes) -> None:
    body = render_answer((PATIENT, observation(1), observation(2)), Grade.CERTAIN, base_url=BASE)
    body = body.replace(b'"status":"final"', b'"a":{"status":"final","status":"final"}') if b"status" in old else body
    assert old in body or b"status" in old
    with pytest.raises(MalformedError):
        parse_answer(body.replace(old, new))


def test_half_an_answer_is_malformed() -> None:
    body = render_answer((PATIENT, observation(1)), Grade.CERTAIN, base_url=BASE).rstrip()
    for length in range(0, len(body) - 1, 7):
        with pytest.raises(MalformedError):
            parse_answer(body[:length])


def test_a_search_of_the_exchange_names_its_patient_and_nothing_unknown() -> None:
    found = read_search(
        [("patient", f"Patient/{PATIENT.id}"), ("code", "http://loinc.org|20447-9,x")], resource_type="Observation"
    )
    assert found.patient == PATIENT.id
    assert found.tokens == (("code", "http://loinc.org|20447-9,x"),)
    for wrong in ([], [("patient", "x")], [("patient", PATIENT.id)] * 2):
        with pytest.raises(InvalidError):
            read_search(wrong, resource_type="Observation")
    with pytest.raises(UnsupportedError):
        read_search([("patient", PATIENT.id), ("_total", "accurate")], resource_type="Observation")


def test_a_patient_is_searched_by_its_own_pseudonym() -> None:
    assert read_search([("_id", PATIENT.id)], resource_type="Patient").patient == PATIENT.id
    with pytest.raises(InvalidError):
        read_search([("patient", PATIENT.id)], resource_type="Patient")


def test_entries_are_selected_by_their_codes() -> None:
    one, two = observation(1), observation(2, code="24467-3", category="vital-signs")
    both = (one, two)
    assert select(both, ()) == both
    assert select(both, [("code", "http://loinc.org|20447-9")]) == (one,)
    assert select(both, [("code", "20447-9,24467-3")]) == both
    assert select(both, [("code", "http://loinc.org|")]) == both
    assert select(both, [("code", "|20447-9")]) == ()
    assert select(both, [("code", "20447-9"), ("category", "vital-signs")]) == ()
    assert select((PATIENT,), [("category", "vital-signs")]) == ()
