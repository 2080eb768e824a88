"""Creates, updates, deletes and reads that depend on what the base holds, alone and in crowds."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from uuid import uuid4

import pytest

from demo.parties import Party
from tests.doors.outcomes import issues, refused
from tests.doors.running import BASE, Node, Reply, second_process
from tests.doors.samples import Town
from tests.doors.test_national_bundles import entry, send, statuses

CROWD = 50


def numbered(town: Town) -> tuple[dict[str, Any], str]:
    """An organisation that nobody else has, and the search that finds it."""
    number = uuid4().hex
    resource = town.resource("Organization") | {"identifier": [{"system": "urn:x:once", "value": number}]}
    return resource, f"identifier=urn:x:once%7C{number}"


def crowd(asks: list[Any]) -> list[Reply]:
    """All requests at once."""

    async def together() -> list[Reply]:
        return await asyncio.gather(*(asyncio.to_thread(ask) for ask in asks))

    return asyncio.run(together())


def found(node: Node, condition: str) -> list[str]:
    """Ids of what a search finds."""
    return node.get(f"Organization?{condition}").ids


# ---------------------------------------------------------------- create


def test_fifty_conditional_creates_at_once_make_one_resource(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    answers = crowd(
        [lambda: node.ask("POST", "/fhir/Organization", resource, if_none_exist=condition) for _ in range(CROWD)]
    )
    assert sorted(each.status for each in answers) == [200] * (CROWD - 1) + [201]
    assert {each.json["id"] for each in answers} == set(found(node, condition))
    assert len(found(node, condition)) == 1


def test_fifty_conditional_creates_at_two_processes_make_one_resource(node: Node, town: Town, lima: Party) -> None:
    resource, condition = numbered(town)
    link = f"urn:uuid:{uuid4()}"
    bundle = [entry("POST", "Organization", resource, full_url=link, ifNoneExist=condition)]
    with second_process(node, lima) as other:
        asks = [
            [
                lambda at=at: at.ask("POST", "/fhir/Organization", resource, if_none_exist=condition),
                lambda at=at: send(at, "transaction", *bundle),
            ]
            for at in (node, other)
        ]
        answers = crowd([ask for pair in asks for ask in pair * (CROWD // 4 + 1)][:CROWD])
    assert {each.status for each in answers} <= {200, 201}
    assert len(found(node, condition)) == 1


def test_a_crowd_of_conditional_updates_and_deletes_leaves_one_line_of_versions(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    url = f"/fhir/Organization?{condition}"
    asks = [lambda: node.ask("PUT", url, resource)] * 10 + [lambda: node.ask("DELETE", url)] * 3
    answers = crowd(asks)
    assert {each.status for each in answers} <= {200, 201, 204}
    made = [each.json["id"] for each in answers if each.status in {200, 201}]
    assert len(found(node, condition)) <= 1
    for logical_id in set(made):
        versions = [each["response"]["etag"] for each in node.get(f"Organization/{logical_id}/_history").json["entry"]]
        assert versions == [f'W/"{number}"' for number in range(len(versions), 0, -1)]


def test_a_clinician_creates_under_a_condition(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    for status in (201, 200):
        answer = node.ask("POST", "/fhir/Organization", resource, role="clinician", if_none_exist=condition)
        assert answer.status == status
        assert answer.headers["location"] == f"{BASE}/Organization/{answer.json['id']}/_history/1"


# ---------------------------------------------------------------- update


def test_a_conditional_update_makes_changes_and_refuses(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    url = f"/fhir/Organization?{condition}"
    made = node.ask("PUT", url, resource)
    assert (made.status, made.headers["etag"]) == (201, 'W/"1"')
    changed = node.ask("PUT", url, resource | {"name": "Otra"})
    assert (changed.status, changed.headers["etag"], changed.json["id"]) == (200, 'W/"2"', made.json["id"])
    same = node.ask("PUT", url, resource | {"id": made.json["id"]}, if_match='W/"2"')
    assert (same.status, same.headers["etag"]) == (200, 'W/"3"')
    refused(node.ask("PUT", url, resource, if_match='W/"2"'), 412, "conflict")
    refused(node.ask("PUT", url, resource | {"id": "another"}), 400, "invalid")
    node.make(resource)
    refused(node.ask("PUT", url, resource), 412, "conflict")


def test_a_conditional_update_that_finds_nothing_takes_the_id_in_the_body(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    name = uuid4().hex
    made = node.ask("PUT", f"/fhir/Organization?{condition}", resource | {"id": name})
    assert (made.status, made.json["id"]) == (201, name)
    other, elsewhere = numbered(town)
    refused(node.ask("PUT", f"/fhir/Organization?{elsewhere}", other | {"id": name}), 409, "conflict")
    assert node.get(f"Organization/{name}").json["identifier"] == resource["identifier"]


def test_an_update_under_a_star_wants_the_resource_or_wants_it_absent(node: Node, town: Town) -> None:
    name = uuid4().hex
    path, resource = f"/fhir/Location/{name}", town.resource("Location") | {"id": name}
    refused(node.ask("PUT", path, resource, if_match="*"), 412, "conflict")
    assert node.ask("PUT", path, resource, if_none_match="*").status == 201
    refused(node.ask("PUT", path, resource, if_none_match="*"), 412, "conflict")
    assert node.ask("PUT", path, resource, if_match="*").headers["etag"] == 'W/"2"'
    assert node.ask("PUT", path, resource, if_match='"2"').headers["etag"] == 'W/"3"'
    assert node.ask("DELETE", path, if_match="*").status == 204
    refused(node.ask("PUT", path, resource, if_match="*"), 412, "conflict")
    assert node.ask("PUT", path, resource, if_match='W/"4"').status == 201


# ---------------------------------------------------------------- delete


def test_a_conditional_delete_takes_the_one_it_finds(node: Node, town: Town) -> None:
    resource, condition = numbered(town)
    url = f"/fhir/Organization?{condition}"
    assert node.ask("DELETE", url).status == 204
    logical_id = node.make(resource)
    gone = node.ask("DELETE", url)
    assert (gone.status, gone.headers["etag"]) == (204, 'W/"2"')
    deleted = node.get(f"Organization/{logical_id}")
    refused(deleted, 410, "deleted")
    assert deleted.headers["etag"] == 'W/"2"'
    assert node.ask("DELETE", url).status == 204
    node.make(resource)
    node.make(resource)
    refused(node.ask("DELETE", url), 412, "conflict")
    assert len(found(node, condition)) == 2


# ---------------------------------------------------------------- read


def test_a_read_tells_nothing_new_to_who_holds_the_version(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    path = f"Location/{logical_id}"
    first = node.get(path)
    held = parsedate_to_datetime(first.headers["last-modified"])
    known = [
        {"if_none_match": 'W/"1"'}, {"if_none_match": '"1"'}, {"if_none_match": "*"},
        {"if_none_match": 'W/"7", W/"1"'}, {"if_modified_since": first.headers["last-modified"]},
        {"if_modified_since": format_datetime(held + timedelta(days=1), usegmt=True)},
    ]  # fmt: skip
    for headers in known:
        answer = node.get(path, **headers)
        assert (answer.status, answer.body) == (304, b""), headers
        assert (answer.headers["etag"], answer.headers["last-modified"]) == ('W/"1"', first.headers["last-modified"])
    news = [
        {"if_none_match": 'W/"11"'}, {"if_none_match": 'W/"2"', "if_modified_since": first.headers["last-modified"]},
        {"if_modified_since": format_datetime(held - timedelta(days=1), usegmt=True)},
        {"if_modified_since": "some day"}, {"if_none_match": "1"},
    ]  # fmt: skip
    for headers in news:
        assert node.get(path, **headers).body == first.body, headers


# ---------------------------------------------------------------- Prefer


@pytest.mark.parametrize("method", ["POST", "PUT", "PUT on a condition"])
def test_a_write_answers_as_much_as_is_preferred(node: Node, town: Town, method: str) -> None:
    def write(prefer: str) -> Reply:
        resource, condition = numbered(town)
        name = uuid4().hex
        path = {"POST": "", "PUT": f"/{name}"}.get(method, f"?{condition}")
        return node.ask(method[:4].strip(), f"/fhir/Organization{path}", resource | {"id": name}, prefer=prefer)

    for prefer in ("return=minimal", "RETURN=minimal", 'return="minimal"', "handling=strict, return=minimal;x=y"):
        answer = write(prefer)
        assert (answer.status, answer.body) == (201, b""), prefer
        assert answer.headers["location"].endswith("/_history/1")
    for prefer in ("return=representation", "return=everything", "x, ,=", "return"):
        assert write(prefer).json["resourceType"] == "Organization", prefer
    assert issues(write("return=OperationOutcome"))[0]["severity"] == "information"


def test_a_delete_says_something_only_where_that_is_preferred(node: Node, town: Town) -> None:
    path = f"/fhir/Location/{node.make(town.resource('Location'))}"
    answer = node.ask("DELETE", path, prefer="return=OperationOutcome")
    assert (answer.status, issues(answer)[0]["diagnostics"]) == (200, "Deleted.")


# ---------------------------------------------------------------- Bundles


def person(number: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "identifier": [{"system": "urn:x:person", "value": number}]}


def load(reference: str) -> dict[str, Any]:
    code = {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]}
    return {"resourceType": "Observation", "status": "final", "code": code, "subject": {"reference": reference}}


def test_a_conditional_reference_is_resolved_where_the_bundle_is_written(node: Node) -> None:
    number = uuid4().hex
    reference = f"Patient?identifier=urn:x:person%7C{number}"
    for kind, status in (("transaction", 412), ("batch", 200)):
        answer = send(node, kind, entry("POST", "Observation", load(reference)))
        assert answer.status == status
    refused(node.ask("POST", "/fhir/Observation", load(reference)), 412, "conflict")
    logical_id = node.make(person(number))
    for kind in ("transaction", "batch"):
        assert statuses(send(node, kind, entry("POST", "Observation", load(reference)))) == ["201"]
    assert (
        node.ask("POST", "/fhir/Observation", load(reference)).json["subject"]["reference"] == f"Patient/{logical_id}"
    )
    assert node.get(f"Observation?patient={logical_id}").json["total"] == 3
    node.make(person(number))
    (issue,) = refused(send(node, "transaction", entry("POST", "Observation", load(reference))), 412, "conflict")
    assert issue["expression"] == ["Bundle.entry[0].resource"]


def test_a_person_and_her_results_arrive_under_one_condition_again_and_again(node: Node) -> None:
    number = uuid4().hex
    condition = f"identifier=urn:x:person%7C{number}"
    bundle = [
        entry("POST", "Patient", person(number), ifNoneExist=condition),
        entry("POST", "Observation", load(f"Patient?{condition}")),
    ]
    assert statuses(send(node, "transaction", *bundle)) == ["201", "201"]
    assert statuses(send(node, "transaction", *bundle)) == ["200", "201"]
    (logical_id,) = node.get(f"Patient?{condition}").ids
    assert node.get(f"Observation?patient={logical_id}").json["total"] == 2


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_every_conditional_entry_of_a_bundle_is_carried_out(node: Node, town: Town, kind: str) -> None:
    (first, made), (second, changed), (third, gone) = (numbered(town) for _ in "abc")
    kept, deleted = node.make(second), node.make(third)
    answer = send(
        node,
        kind,
        entry("PUT", f"Organization?{made}", first),
        entry("PUT", f"Organization?{changed}", second | {"name": "Otra"}, ifMatch='W/"1"'),
        entry("DELETE", f"Organization?{gone}"),
        entry("DELETE", f"Organization?{numbered(town)[1]}"),
        entry("POST", "Organization", second, ifNoneExist=f"Organization?{changed}") if kind == "batch" else
        entry("HEAD", f"Organization/{kept}"),
    )  # fmt: skip
    assert statuses(answer) == ["201", "200", "204", "204", "200"]
    replies = [each["response"] for each in answer.json["entry"]]
    assert replies[1]["location"] == f"{BASE}/Organization/{kept}/_history/2"
    assert (replies[2]["etag"], "etag" in replies[3]) == ('W/"2"', False)
    assert all(datetime.fromisoformat(each["lastModified"]) for each in replies[:3])
    refused(node.get(f"Organization/{deleted}"), 410, "deleted")


def test_reads_of_a_bundle_are_conditional_too_and_show_histories(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    url = f"Location/{logical_id}"
    since = node.get(url).json["meta"]["lastUpdated"]
    answer = send(
        node,
        "transaction",
        entry("GET", url, ifNoneMatch='W/"1"'),
        entry("GET", url, ifModifiedSince=since),
        entry("HEAD", url),
        entry("GET", f"{url}/_history?_count=1"),
        entry("GET", "Location/_history?_count=1"),
        entry("GET", "_history?_count=1"),
        entry("POST", "Location", town.resource("Location")),
    )
    assert statuses(answer) == ["304", "304", "200", "200", "200", "200", "201"]
    entries = answer.json["entry"]
    assert [("resource" in each) for each in entries] == [False, False, False, True, True, True, False]
    newest = entries[6]["response"]["location"].split("/")[-3]
    for each in entries[4:6]:
        assert each["resource"]["type"] == "history"
        assert each["resource"]["entry"][0]["resource"]["id"] == newest


def test_of_two_versions_of_one_second_a_bundle_knows_which_is_held(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    url = f"Location/{logical_id}"
    held = node.get(url).json["meta"]["lastUpdated"]
    node.ask("PUT", f"/fhir/{url}", town.changed("Location") | {"id": logical_id})
    newer = node.get(url).json["meta"]["lastUpdated"]
    reads = [entry("GET", url, ifModifiedSince=each) for each in (held, newer)]
    assert statuses(send(node, "batch", *reads)) == ["200", "304"]


def test_a_bundle_answers_as_much_as_is_preferred(node: Node, town: Town) -> None:
    bundle = [entry("POST", "Location", town.resource("Location"))]
    for kind in ("batch", "transaction"):
        (whole,) = send(node, kind, *bundle, prefer="return=representation").json["entry"]
        assert whole["resource"]["id"] in whole["response"]["location"]
        (told,) = send(node, kind, *bundle, prefer="return=OperationOutcome").json["entry"]
        assert told["response"]["outcome"]["issue"][0]["severity"] == "information"
        for prefer in ("return=minimal", "x"):
            assert set(send(node, kind, *bundle, prefer=prefer).json["entry"][0]) == {"response"}


def test_a_patch_in_a_transaction_goes_with_everything_else_or_not_at_all(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    operation = {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "replace"},
            {"name": "path", "valueString": "Location.name"},
            {"name": "value", "valueString": "Sala nueva"},
        ],
    }
    patch = entry("PATCH", f"Location/{logical_id}", {"resourceType": "Parameters", "parameter": [operation]})
    refused(send(node, "transaction", patch, entry("GET", "Location/nowhere")), 404, "not-found")
    assert node.get(f"Location/{logical_id}").headers["etag"] == 'W/"1"'
    for kind, version in (("transaction", 2), ("batch", 3)):
        assert statuses(send(node, kind, patch)) == ["200"]
        read = node.get(f"Location/{logical_id}")
        assert (read.json["name"], read.headers["etag"]) == ("Sala nueva", f'W/"{version}"')


def test_what_is_looked_up_for_a_write_that_is_refused_is_on_record(node: Node) -> None:
    number, trace = uuid4().hex, uuid4().hex
    for _ in "ab":
        node.make(person(number))
    condition = f"identifier=urn:x:person%7C{number}"
    parent = {"traceparent": f"00-{trace}-{'1' * 16}-01"}
    refused(node.ask("POST", "/fhir/Patient", person(number), if_none_exist=condition, **parent), 412, "conflict")
    page = node.get("AuditEvent?_sort=-_lastUpdated&_count=5", role="auditor")
    (event,) = [each["resource"] for each in page.json["entry"] if trace in str(each["resource"])]
    assert event["subtype"][0]["code"] == "search-type"
    assert str(event).count("Patient/") == 2
    assert number not in str(event)


def test_a_create_with_a_condition_in_its_address_is_refused(node: Node, town: Town) -> None:
    answer = node.ask("POST", "/fhir/Organization?identifier=urn:x|1", town.resource("Organization"))
    refused(answer, 400, "invalid")
    made = node.ask("POST", "/fhir/Organization?_format=json", town.resource("Organization"))
    assert made.status == 201


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_condition_beside_an_id_is_refused_and_not_passed_over(node: Node, town: Town, method: str) -> None:
    place = node.make(town.resource("Location"))
    body = None if method == "DELETE" else town.resource("Location") | {"id": place}
    for beside in ("identifier=urn:x|1", "_cascade=delete"):
        refused(node.ask(method, f"/fhir/Location/{place}?{beside}", body), 400, "invalid")
    assert node.get(f"Location/{place}").headers["etag"] == 'W/"1"'
    assert node.ask(method, f"/fhir/Location/{place}?_format=json", body).status in {200, 204}


@pytest.mark.parametrize("dots", [".", ".."])
def test_an_id_that_no_address_can_hold_is_refused(node: Node, dots: str) -> None:
    resource = {"resourceType": "Location", "id": dots, "name": "x"}
    refused(node.ask("PUT", f"/fhir/Location/{dots}", resource), 400, "invalid")
    refused(node.ask("PUT", "/fhir/Location?identifier=urn:x:dots|1", resource), 400, "invalid")
