from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome

from corridor.domain import errors
from corridor.domain.errors import CorridorError, InvalidError, Issue
from corridor.domain.record import Record
from corridor.fhir.bundle import Links, Reply, collection, history_bundle, instant, reply_bundle, searchset
from corridor.fhir.outcome import TABLE, issues_outcome, outcome, plain_outcome, status_of

AT = datetime(2024, 3, 2, 10, 0, 0, 120_000, tzinfo=UTC)
BASE = "https://pe.corridor.example/fhir"
LINKS = Links(BASE, f"{BASE}/Observation?patient=1", f"{BASE}/Observation?patient=1&_cursor=x")
BODY = b'{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"valueQuantity":{"value":72.50}}'
OBSERVATION = Record("Observation", "o1", 2, AT, BODY, "1")


def valid(raw: bytes) -> dict[str, Any]:
    Bundle.model_validate_json(raw)
    content: dict[str, Any] = json.loads(raw)
    return content


def test_a_page_carries_stored_bytes_unchanged_with_its_links() -> None:
    raw = searchset([OBSERVATION], LINKS, total=7)
    assert BODY in raw
    content = valid(raw)
    assert (content["type"], content["total"]) == ("searchset", 7)
    assert [each["relation"] for each in content["link"]] == ["self", "next"]
    assert content["entry"][0]["fullUrl"] == f"{BASE}/Observation/o1"
    assert content["entry"][0]["search"] == {"mode": "match"}


def test_what_is_sent_along_stands_after_the_matches_and_says_so() -> None:
    other = Record("Patient", "1", 1, AT, b'{"resourceType":"Patient","id":"1"}', "1")
    links = Links(BASE, LINKS.self_url, LINKS.next_url, first_url=LINKS.self_url)
    content = valid(searchset([OBSERVATION], links, total=1, included=[other]))
    assert [each["search"]["mode"] for each in content["entry"]] == ["match", "include"]
    assert [each["relation"] for each in content["link"]] == ["self", "first", "next"]


def test_a_warning_is_an_entry_of_its_own() -> None:
    warning = plain_outcome("not-supported", "Left out: x.", severity="warning")
    content = valid(searchset([], Links(BASE, BASE), total=0, outcome=warning))
    assert content["entry"][0]["search"]["mode"] == "outcome"
    assert content["entry"][0]["resource"]["issue"][0]["severity"] == "warning"


def test_an_empty_page_has_no_entries_and_a_total_only_where_asked() -> None:
    assert "entry" not in valid(searchset([], Links(BASE, BASE), total=0))
    assert "total" not in valid(searchset([], Links(BASE, BASE), total=None))


def test_an_address_with_quotes_stays_text() -> None:
    strange = Links(BASE, f'{BASE}/Patient?name="x"\\')
    assert valid(searchset([], strange, total=0))["link"][0]["url"] == strange.self_url


def test_versions_tell_how_they_were_made() -> None:
    gone = Record("Observation", "o1", 3, AT, None)
    first = Record("Observation", "o1", 1, AT, BODY)
    given = Record("Observation", "01890a5d-ac96-774b-bcce-b302099a8057", 1, AT, BODY)
    again = Record("Observation", "o1", 4, AT, BODY, created=True)
    content = valid(history_bundle([gone, OBSERVATION, first, given, again], LINKS, total=5))
    told = [(each["request"]["method"], each["response"]["status"]) for each in content["entry"]]
    assert told == [("DELETE", "204"), ("PUT", "200"), ("PUT", "201"), ("POST", "201"), ("PUT", "201")]
    assert "resource" not in content["entry"][0]
    assert content["entry"][1]["response"]["etag"] == 'W/"2"'


def test_answers_to_a_transaction_keep_their_order() -> None:
    created = Reply("201 Created", f"{BASE}/Observation/o1/_history/1", 'W/"1"', AT, BODY)
    failed = Reply("404", outcome=plain_outcome("not-found", "Nothing is here."))
    content = valid(reply_bundle("batch", [created, failed]))
    assert content["type"] == "batch-response"
    assert content["entry"][0]["response"]["lastModified"] == "2024-03-02T10:00:00.120000Z"
    assert content["entry"][1]["response"]["outcome"]["issue"][0]["code"] == "not-found"


def test_a_collection_holds_resources_with_their_addresses() -> None:
    content = valid(collection([(f"{BASE}/Observation/o1", BODY)], at=AT))
    assert content["type"] == "collection"
    assert content["timestamp"] == instant(AT)
    assert content["entry"][0]["resource"]["valueQuantity"]["value"] == 72.5


# ---------------------------------------------------------------- outcomes


def test_every_error_of_the_house_has_a_status_and_an_issue_type() -> None:
    family = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, CorridorError) and each is not CorridorError
    ]
    assert TABLE.keys() <= set(family)
    # An error that TABLE does not name is told as the one that it is a kind of.
    assert [each for each in family if not TABLE.keys() & set(each.__mro__)] == []


@pytest.mark.parametrize("error", TABLE)
def test_each_error_says_itself_as_a_valid_outcome(error: type[CorridorError]) -> None:
    status, body = outcome(error("Told.", ("Patient.name",)))
    content = json.loads(body)
    OperationOutcome.model_validate(content)
    assert status == TABLE[error][0]
    assert content["issue"] == [
        {"severity": "error", "code": TABLE[error][1], "diagnostics": "Told.", "expression": ["Patient.name"]}
    ]


def test_several_problems_are_several_issues() -> None:
    issues = (Issue("required", "a", "Patient.x"), Issue("value", "b", ""))
    _, body = outcome(InvalidError("a", (), issues))
    found = json.loads(body)["issue"]
    assert [each["code"] for each in found] == ["required", "value"]
    assert "expression" not in found[1]
    assert json.loads(issues_outcome(issues, severity="warning"))["issue"][0]["severity"] == "warning"


def test_an_unknown_error_is_a_bare_500() -> None:
    class UnforeseenError(CorridorError):
        pass

    assert status_of(UnforeseenError("x")) == (500, "exception")
    assert status_of(type("Narrower", (errors.GoneError,), {})("x"))[0] == 410
