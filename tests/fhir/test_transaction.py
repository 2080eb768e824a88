from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import (
    CorridorError,
    InvalidError,
    MalformedError,
    NotFoundError,
    PreconditionError,
    TooLargeError,
    UnprocessableError,
    UnsupportedError,
)
from corridor.domain.record import Record
from corridor.fhir.prerequisites import Wanted, prerequisites
from corridor.fhir.relink import beginnings, may_link, relink
from corridor.fhir.submission import read_submission
from corridor.fhir.transaction import Action, Origin, plan, read_transaction

PERSON = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
TEST = "urn:uuid:5d1f8a1e-6a0c-4d3c-9a2a-2f8e6a8f0b11"


def origin() -> Origin:
    numbers = count(1)
    return Origin("https://pe.corridor.example/fhir", new_id=lambda: f"made-{next(numbers)}")


def entry(
    method: str, url: str, resource: dict[str, Any] | None = None, full_url: str = "", **request: str
) -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url} | request}
    if full_url:
        made["fullUrl"] = full_url
    return made | ({"resource": resource} if resource else {})


def bundle(*entries: dict[str, Any], kind: str = "transaction") -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": list(entries)}).encode()


def actions(*entries: dict[str, Any], kind: str = "transaction") -> tuple[Action, ...]:
    return read_transaction(bundle(*entries, kind=kind), origin())[1]


def body(action: Action) -> dict[str, Any]:
    assert action.draft is not None
    content: dict[str, Any] = json.loads(action.draft.head + b'"versionId":"1"' + action.draft.tail)
    return content


PATIENT = {"resourceType": "Patient", "name": [{"family": "Rojas"}]}


def observation(reference: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": reference},
    } | more


def test_links_between_entries_point_at_the_ids_made_here() -> None:
    person, test = actions(
        entry("POST", "Patient", PATIENT, PERSON), entry("POST", "Observation", observation(PERSON), TEST)
    )
    assert (person.id, test.id) == ("made-1", "made-2")
    assert body(test)["subject"]["reference"] == "Patient/made-1"
    assert test.draft is not None
    assert test.draft.patient_id == "made-1"
    assert test.draft.references == ("Patient/made-1",)


def test_only_links_are_rewritten_and_no_other_text() -> None:
    identifier = [{"system": "urn:ietf:rfc:3986", "value": PERSON}]
    note = [{"text": f"see {PERSON}"}]
    link = [{"url": "http://x", "valueUri": PERSON}]
    _, test = actions(
        entry("POST", "Patient", PATIENT, PERSON),
        entry("POST", "Observation", observation(PERSON, identifier=identifier, note=note, extension=link)),
    )
    content = body(test)
    assert content["identifier"] == identifier
    assert content["note"] == note
    assert content["extension"][0]["valueUri"] == "Patient/made-1"


def test_addresses_of_another_server_are_links_too() -> None:
    there = "https://old.example/fhir/Patient/7"
    _, by_address, by_id = actions(
        entry("POST", "Patient", PATIENT, there),
        entry("POST", "Observation", observation(there)),
        entry("POST", "Observation", observation("Patient/7")),
    )
    assert body(by_address)["subject"]["reference"] == body(by_id)["subject"]["reference"] == "Patient/made-1"


def test_an_update_keeps_its_id_and_links_to_it_hold() -> None:
    update, test = sorted(
        actions(
            entry("PUT", "Patient/p7", PATIENT | {"id": "p7"}, PERSON, ifMatch='W/"3"'),
            entry("POST", "Observation", observation(PERSON)),
        ),
        key=lambda each: each.index,
    )
    assert (update.id, update.entry.if_match) == ("p7", 'W/"3"')
    assert body(test)["subject"]["reference"] == "Patient/p7"


def test_escaped_slashes_and_links_in_narratives_are_understood() -> None:
    raw = rb'{"subject":{"reference":"Patient\/7"},"text":{"div":"<a href=\"urn:uuid:1\">\\/</a>"}}'
    linked, dangling = relink(raw, {b"Patient/7": b"Patient/a", b"urn:uuid:1": b"Patient/a"})
    assert json.loads(linked) == {
        "subject": {"reference": "Patient/a"},
        "text": {"div": '<a href="Patient/a">\\/</a>'},
    }
    assert dangling == ()


def test_links_of_either_quotation_mark_are_rewritten_and_canonical_urls_and_uuids_are_not() -> None:
    link, places = "urn:uuid:2f0d5f1e-0000-4000-8000-000000000001", ["valueUri", "valueCanonical", "valueUuid"]
    more = [{"url": "urn:x", place: link} for place in places]
    text = {"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'><a href='{link}'>x</a></div>"}
    _, test = actions(
        entry("POST", "Patient", PATIENT, link),
        entry("POST", "Observation", observation(link, extension=more, text=text)),
    )
    assert [each[place] for each, place in zip(body(test)["extension"], places, strict=True)] == [
        "Patient/made-1",
        link,
        link,
    ]
    assert "<a href='Patient/made-1'>" in body(test)["text"]["div"]


def test_a_place_on_another_server_is_a_link_to_what_a_condition_finds_or_makes() -> None:
    upsert = entry("PUT", "Patient?identifier=x|1", PATIENT, "https://his.example/fhir/Patient/77")
    submission = read_submission(bundle(upsert, entry("POST", "Observation", observation("Patient/77"))))
    for found, there in (({}, "Patient/made-1"), ({("Patient", "identifier=x|1"): [stored("known")]}, "Patient/known")):
        linked = {each.resource_type: each for each in plan(submission, origin(), found=found)}
        assert body(linked["Observation"])["subject"]["reference"] == there


LINKS = st.sampled_from(
    [
        b"urn:uuid:1",
        b"urn:oid:1.2",
        b"urn:x:3",
        b"http://a/Patient/1",
        b"https://b/fhir/Patient/2",
        b"Patient/3",
        b"abc",
    ]
)
PLACES = st.sampled_from(
    [b'"reference":"%b"', b'"url" : "%b"', b'"valueUri":"%b"', b'"div":"<a href=\\"%b\\">"', b'"display":"%b"']
)


@given(st.lists(st.builds(bytes.__mod__, PLACES, LINKS), max_size=3), st.sets(LINKS))
def test_what_can_hold_no_link_has_none(members: list[bytes], links: set[bytes]) -> None:
    raw, targets = b"{%b}" % b",".join(members), dict.fromkeys(links, b"Patient/new")
    assert may_link(raw, beginnings(links)) or relink(raw, targets) == (raw, ())
    assert not may_link(b'{"reference":"Patient/9"}', beginnings([b"https://b/fhir/Patient/2"]))


def test_things_are_done_in_the_order_of_the_standard_whatever_the_order_of_the_bundle() -> None:
    done = actions(
        entry("GET", "Patient?family=x"),
        entry("PUT", "Patient/p1", PATIENT | {"id": "p1"}),
        entry("POST", "Patient", PATIENT),
        entry("DELETE", "Patient/p2"),
    )
    assert [(each.method, each.index, each.writes) for each in done] == [
        ("DELETE", 3, True), ("POST", 2, True), ("PUT", 1, True), ("GET", 0, False)
    ]  # fmt: skip
    assert done[-1].entry.url == "Patient?family=x"


def test_decimals_come_through_a_bundle_as_they_were_written() -> None:
    raw = bundle(entry("POST", "Observation", observation("Patient/1", valueQuantity={"value": 72.5})))
    (action,) = read_transaction(raw.replace(b"72.5", b"72.500"), origin())[1]
    assert action.draft is not None
    assert b"72.500" in action.draft.tail


def test_a_conditional_create_that_found_something_links_to_it() -> None:
    raw = bundle(
        entry("POST", "Patient", PATIENT, PERSON, ifNoneExist="identifier=x|1"),
        entry("POST", "Observation", observation(PERSON)),
    )
    submission = read_submission(raw)
    assert submission.entries[0].if_none_exist == "identifier=x|1"
    person, test = plan(submission, origin(), found={("Patient", "identifier=x|1"): [stored("known")]})
    assert (person.id, person.exists, person.writes) == ("known", True, False)
    assert body(test)["subject"]["reference"] == "Patient/known"


def stored(id: str) -> Record:
    return Record("Patient", id, 1, datetime(2026, 11, 22, tzinfo=UTC), b"{}")


def conditional(*matches: str, method: str = "PUT", **more: Any) -> Action:
    body = None if method == "DELETE" else PATIENT | more
    submission = read_submission(bundle(entry(method, "Patient?identifier=x|1", body)))
    (action,) = plan(submission, origin(), found={("Patient", "identifier=x|1"): [stored(each) for each in matches]})
    return action


def test_a_conditional_update_goes_to_what_it_finds() -> None:
    for more in ({}, {"id": "known"}):
        action = conditional("known", **more)
        assert (action.id, action.creates, action.writes) == ("known", False, True)


def test_a_conditional_update_that_finds_nothing_makes_it_under_the_id_in_the_body() -> None:
    assert (conditional().id, conditional().creates) == ("made-1", True)
    assert (conditional(id="p9").id, conditional(id="p9").creates) == ("p9", True)


def test_a_conditional_update_does_not_move_what_it_finds() -> None:
    with pytest.raises(InvalidError):
        conditional("known", id="other")


def test_a_conditional_delete_that_finds_nothing_writes_nothing() -> None:
    assert (conditional(method="DELETE").id, conditional(method="DELETE").writes) == ("", False)
    assert (conditional("known", method="DELETE").id, conditional("known", method="DELETE").writes) == ("known", True)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_condition_that_finds_several_stops_a_transaction(method: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        conditional("a", "b", method=method)
    assert caught.value.expression == ("Bundle.entry[0].request",)


def referring(found: dict[tuple[str, str], list[Record]], *first: dict[str, Any]) -> tuple[Action, ...]:
    entries = [*first, entry("POST", "Observation", observation("Patient?identifier=x|1"))]
    return plan(read_submission(bundle(*entries)), origin(), found=found)


def test_a_conditional_reference_stands_for_the_one_resource_that_it_finds() -> None:
    (test,) = referring({("Patient", "identifier=x|1"): [stored("known")]})
    assert body(test)["subject"]["reference"] == "Patient/known"
    assert test.draft is not None
    assert test.draft.references == ("Patient/known",)


def test_a_conditional_reference_finds_what_the_same_transaction_makes_under_that_condition() -> None:
    _, test = referring({}, entry("POST", "Patient", PATIENT, ifNoneExist="identifier=x|1"))
    assert body(test)["subject"]["reference"] == "Patient/made-1"


@pytest.mark.parametrize("found", [{}, {("Patient", "identifier=x|1"): ["made-1"]}])
def test_a_conditional_reference_finds_what_its_transaction_writes(
    found: dict[tuple[str, str], list[str]],
) -> None:
    person = PATIENT | {"identifier": [{"system": "x", "value": "1"}]}
    already = {asked: [stored(each) for each in ids] for asked, ids in found.items()}
    first, *_, test = sorted(referring(already, entry("POST", "Patient", person)), key=lambda each: each.index)
    assert (first.index, body(test)["subject"]["reference"]) == (0, "Patient/made-1")
    with pytest.raises(PreconditionError):
        referring({("Patient", "identifier=x|1"): [stored("known")]}, entry("POST", "Patient", person))
    with pytest.raises(PreconditionError):
        referring({}, entry("POST", "Patient", person), entry("POST", "Patient", person))
    with pytest.raises(PreconditionError):
        referring({}, entry("POST", "Patient", PATIENT))


@pytest.mark.parametrize("matches", [(), ("a", "b")])
def test_a_conditional_reference_to_none_or_several_stops_a_transaction(matches: tuple[str, ...]) -> None:
    with pytest.raises(PreconditionError) as caught:
        referring({("Patient", "identifier=x|1"): [stored(each) for each in matches]})
    assert caught.value.expression == ("Bundle.entry[0].resource",)


def test_what_a_transaction_deletes_is_not_found_by_its_conditions() -> None:
    found = {("Patient", "identifier=x|1"): [stored("old"), stored("known")]}
    gone, test = referring(found, entry("DELETE", "Patient/old"))
    assert gone.id == "old"
    assert body(test)["subject"]["reference"] == "Patient/known"


def test_a_conditional_reference_is_written_without_escapes_but_of_slashes() -> None:
    raw = bundle(entry("POST", "Observation", observation("Patient?identifier=http://x|1")))
    escaped = raw.replace(b"http://x", rb"http:\/\/x")
    found = {("Patient", "identifier=http://x|1"): [stored("known")]}
    (test,) = plan(read_submission(escaped), origin(), found=found)
    assert body(test)["subject"]["reference"] == "Patient/known"
    with pytest.raises(UnsupportedError) as caught:
        prerequisites(read_submission(raw.replace(b"http://x", rb"http\u003a//x")).entries)
    assert caught.value.expression == ("Bundle.entry[0].resource",)


def test_two_ways_to_one_resource_stop_a_transaction() -> None:
    first = entry("PUT", "Patient?identifier=x|1", PATIENT)
    second = entry("PUT", "Patient/known", PATIENT | {"id": "known"})
    with pytest.raises(InvalidError) as caught:
        plan(read_submission(bundle(first, second)), origin(), found={("Patient", "identifier=x|1"): [stored("known")]})
    assert caught.value.expression == ("Bundle.entry[1].request",)


@pytest.mark.parametrize("other", [
    entry("POST", "Patient", PATIENT | {"identifier": [{"system": "x", "value": "1"}]}),
    entry("POST", "Patient", PATIENT | {"identifier": [{"system": "x", "value": "1"}]}, ifNoneExist="identifier=1"),
    entry("PUT", "Patient/b", PATIENT | {"id": "b", "identifier": [{"system": "x", "value": "1"}]}),
])  # fmt: skip
def test_a_transaction_makes_one_resource_for_a_condition_however_it_is_written(other: dict[str, Any]) -> None:
    once = entry(
        "POST", "Patient", PATIENT | {"identifier": [{"system": "x", "value": "1"}]}, ifNoneExist="identifier=x|1"
    )
    for entries in ((once, other), (other, once)):
        with pytest.raises(InvalidError) as caught:
            plan(read_submission(bundle(*entries)), origin())
        assert caught.value.expression == ("Bundle.entry.request",)
    another = entry(
        "POST", "Patient", PATIENT | {"identifier": [{"system": "y", "value": "1"}]}, ifNoneExist="identifier=y|1"
    )
    assert len(plan(read_submission(bundle(once, another)), origin())) == 2


@pytest.mark.parametrize("written", ["identifier=http://x?y|1", "Patient?identifier=http://x?y|1",
                                     "?identifier=http://x?y|1", "http://a/fhir/Patient?identifier=http://x?y|1",
                                     "Patient/_search?identifier=http://x?y|1"])  # fmt: skip
def test_a_create_looks_for_its_own_type_by_a_search_that_may_hold_question_marks(written: str) -> None:
    submission = read_submission(bundle(entry("POST", "Patient", PATIENT, ifNoneExist=written)))
    (wanted,) = prerequisites(submission.entries)
    assert wanted.asked == ("Patient", "identifier=http://x?y|1")


def test_a_create_does_not_look_for_another_type() -> None:
    submission = read_submission(bundle(entry("POST", "Patient", PATIENT, ifNoneExist="Observation?identifier=x|1")))
    with pytest.raises(InvalidError) as caught:
        prerequisites(submission.entries)
    assert caught.value.expression == ("Bundle.entry[0].request.ifNoneExist",)


def test_an_operation_is_not_carried_out_in_a_bundle_and_that_is_said() -> None:
    for url in ("Patient/x/$everything", "$export", "Patient?name=$"):
        (asked,) = read_submission(bundle(entry("GET", url), kind="batch")).entries
        assert isinstance(asked.error, UnsupportedError) == ("?" not in url)


def test_every_search_that_a_bundle_needs_is_named_once() -> None:
    submission = read_submission(
        bundle(
            entry("POST", "Patient", PATIENT, ifNoneExist="Patient?identifier=x|1"),
            entry("POST", "Observation", observation("Patient?identifier=x|1")),
            entry("DELETE", "Patient?identifier=x|2"),
            entry("GET", "Patient?identifier=x|3"),
        )
    )
    assert prerequisites(submission.entries) == (
        Wanted(("Patient", "identifier=x|1"), 0, deletes=False),
        Wanted(("Patient", "identifier=x|2"), 2, deletes=True),
    )


def test_a_patch_in_a_bundle_changes_what_is_stored_and_keeps_its_numbers() -> None:
    patch = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": b64encode(b'[{"op":"replace","path":"/status","value":"amended"}]').decode(),
    }
    raw = (
        b'{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"valueQuantity":{"value":72.50}}'
    )
    before = Record("Observation", "o1", 3, datetime(2026, 11, 22, tzinfo=UTC), raw)
    submission = read_submission(bundle(entry("PATCH", "Observation/o1", patch)))
    (action,) = plan(submission, origin(), found={("Observation", "_id=o1"): [before]})
    assert body(action)["status"] == "amended"
    assert action.draft is not None
    assert b"72.50" in action.draft.tail


TWICE = entry("POST", "Patient", PATIENT, PERSON)
BY_SEARCH = observation("Patient?identifier=1")

BAD: list[tuple[bytes, type[CorridorError], str]] = [
    (b"[]", MalformedError, ""),
    (b"{", MalformedError, ""),
    (b'{"resourceType":"Bundle","type":"batch","entry":7}', MalformedError, ""),
    (b'{"resourceType":"Bundle","type":"batch","entry":[7]}', MalformedError, ""),
    (b'{"resourceType":"Bundle","type":"batch","type":"transaction"}', MalformedError, ""),
    (b'{"resourceType":"Bundle"}', InvalidError, "Bundle.type"),
    (b'{"resourceType":"Bundle","type":"collection"}', InvalidError, "Bundle.type"),
    (b'{"resourceType":"Bundle","type":"everything"}', InvalidError, "Bundle.type"),
    (b'{"resourceType":"Bundle","type":"batch","entries":[]}', InvalidError, "Bundle.entries"),
    (b'{"resourceType":"Patient"}', InvalidError, "resourceType"),
    (bundle({"resource": PATIENT}), InvalidError, "Bundle.entry[0].request"),
    (bundle(entry("FETCH", "Patient/1")), InvalidError, "Bundle.entry[0].request.method"),
    (bundle(entry("PATCH", "Patient/1", PATIENT)), NotFoundError, "Bundle.entry[0].request"),
    (bundle(entry("PATCH", "Patient/1")), InvalidError, "Bundle.entry[0].resource"),
    (bundle(entry("PUT", "Patient/1/_history/1", PATIENT)), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("GET", "Patient/_history/1")), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("DELETE", "_history")), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("PUT", "Patient/1?identifier=1", PATIENT)), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("POST", "Patient/1", PATIENT)), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("PUT", "Patient", PATIENT)), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("DELETE", "Patient")), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("DELETE", "Person_/1")), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("GET", "https://x.example/Patient/1")), InvalidError, "Bundle.entry[0].request.url"),
    (bundle(entry("POST", "Patient")), InvalidError, "Bundle.entry[0].resource"),
    (bundle(entry("DELETE", "Patient/1", PATIENT)), InvalidError, "Bundle.entry[0].resource"),
    (bundle(entry("PUT", "Patient/1", PATIENT)), InvalidError, "Bundle.entry[0].resource.id"),
    (bundle(entry("POST", "Patient", observation("Patient/1"))), InvalidError, "Bundle.entry[0].resource.resourceType"),
    (
        bundle(entry("POST", "Device", {"resourceType": "Device"})),
        UnsupportedError,
        "Bundle.entry[0].resource.resourceType",
    ),
    (bundle(entry("POST", "Patient", PATIENT | {"gender": "x"})), InvalidError, "Bundle.entry[0].resource.gender"),
    (bundle(entry("POST", "Observation", observation(PERSON))), UnprocessableError, "Bundle.entry[0].resource"),
    (bundle(entry("POST", "Observation", BY_SEARCH)), PreconditionError, "Bundle.entry[0].resource"),
    (
        bundle(entry("DELETE", "Patient/1"), entry("PUT", "Patient/1", PATIENT | {"id": "1"})),
        InvalidError,
        "Bundle.entry",
    ),
    (bundle(TWICE, TWICE), InvalidError, "Bundle.entry"),
]


@pytest.mark.parametrize(("raw", "error", "expression"), BAD, ids=range(len(BAD)))
def test_one_bad_entry_stops_a_transaction(raw: bytes, error: type[CorridorError], expression: str) -> None:
    with pytest.raises(error) as caught:
        read_transaction(raw, origin())
    assert caught.value.expression[:1] == ((expression,) if expression else ())


def test_every_bad_resource_of_a_transaction_is_told() -> None:
    bad = PATIENT | {"gender": "x"}
    with pytest.raises(InvalidError) as caught:
        actions(entry("POST", "Patient", bad), entry("POST", "Patient", PATIENT), entry("POST", "Patient", bad))
    assert caught.value.expression == ("Bundle.entry[0].resource.gender", "Bundle.entry[2].resource.gender")


def test_in_a_batch_each_entry_fails_alone() -> None:
    good, bad, unlinked, finding_nothing = sorted(
        actions(
            entry("POST", "Patient", PATIENT, PERSON),
            entry("POST", "Patient", PATIENT | {"gender": "x"}),
            entry("POST", "Observation", observation(PERSON)),
            entry("POST", "Observation", BY_SEARCH),
            kind="batch",
        ),
        key=lambda each: each.index,
    )
    assert good.error is None
    assert good.draft is not None
    assert isinstance(bad.error, InvalidError)
    assert isinstance(unlinked.error, UnprocessableError)
    assert isinstance(finding_nothing.error, PreconditionError)


def test_a_bundle_has_a_bounded_size() -> None:
    raw = bundle(*[entry("GET", "Patient/1")] * 5)
    with pytest.raises(InvalidError):
        read_submission(raw, max_entries=4)
    with pytest.raises(TooLargeError):
        read_submission(raw, max_bytes=10)


def test_an_empty_bundle_asks_for_nothing() -> None:
    assert read_transaction(b'{"resourceType":"Bundle","type":"transaction"}', origin()) == ("transaction", ())


@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_damaged_bundle_is_an_error_of_ours_or_still_a_bundle(at: int, damage: bytes) -> None:
    raw = bundle(entry("POST", "Patient", PATIENT, PERSON), entry("POST", "Observation", observation(PERSON)))
    with suppress(CorridorError):
        read_transaction(raw[:at] + damage + raw[at + len(damage) :], origin())
