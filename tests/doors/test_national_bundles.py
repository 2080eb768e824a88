"""Batches and transactions at the national base: each entry for itself, or everything or nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node, Reply
from tests.doors.samples import TYPES, Town

Entry = dict[str, Any]


def entry(method: str, url: str, resource: Any = None, *, full_url: str = "", **request: str) -> Entry:
    """One entry of a Bundle; keywords belong to its request."""
    made: Entry = {"request": {"method": method, "url": url, **request}}
    made |= {"resource": resource} if resource is not None else {}
    return made | ({"fullUrl": full_url} if full_url else {})


def send(node: Node, kind: str, *entries: Entry, role: str = "programme", **more: str) -> Reply:
    """What a Bundle is answered."""
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [*entries]}
    return node.ask("POST", "/fhir", bundle, role=role, **more)


def statuses(answer: Reply) -> list[str]:
    """The status of each entry, without its reason."""
    assert answer.status == 200, answer.body
    return [each["response"]["status"][:3] for each in answer.json["entry"]]


def patient_with_load(family: str) -> list[Entry]:
    """A new person and a viral load that refers to her by her place in the Bundle."""
    link = f"urn:uuid:{uuid4()}"
    load = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]},
        "subject": {"reference": link},
        "effectiveDateTime": "2024-05-02",
    }
    person = {"resourceType": "Patient", "name": [{"family": family}]}
    return [entry("POST", "Observation", load), entry("POST", "Patient", person, full_url=link)]


def test_a_transaction_of_every_type_is_written_and_linked(node: Node, town: Town) -> None:
    link = f"urn:uuid:{uuid4()}"
    here = Town(town.ids | {"patient": "HERE"})

    def linked(resource_type: str) -> Any:
        return json.loads(json.dumps(here.resource(resource_type)).replace("Patient/HERE", link))

    entries = [
        entry("POST", kind, linked(kind), full_url=link if kind == "Patient" else "")
        for kind in TYPES
        if kind not in {"Encounter", "Specimen", "DocumentReference"}
    ]
    entries += [
        entry("PUT", f"{kind}/{name}", linked(kind) | {"id": name})
        for kind, name in (("Encounter", "e1"), ("Specimen", "s1"), ("DocumentReference", "d1"))
    ]
    answer = send(node, "transaction", *entries)
    assert answer.status == 200, answer.body
    assert answer.json["type"] == "transaction-response"
    replies = [each["response"] for each in answer.json["entry"]]
    assert {each["status"] for each in replies} == {"201 Created"}
    patient = replies[[each["request"]["url"] for each in entries].index("Patient")]
    assert patient["location"].startswith(f"{BASE}/Patient/")
    assert patient["etag"] == 'W/"1"'
    logical_id = patient["location"].split("/")[-3]
    found = node.get(f"Observation?patient={logical_id}")
    assert found.json["total"] == 1


def test_one_bad_entry_and_nothing_is_written(node: Node) -> None:
    before = node.rows()
    bad = {"resourceType": "Observation", "status": "listo", "code": {"text": "x"}}
    (issue,) = refused(
        send(node, "transaction", *patient_with_load("Nadie Quedó"), entry("POST", "Observation", bad)),
        400,
        "code-invalid",
    )
    assert issue["expression"] == ["Bundle.entry[2].resource.status"]
    assert node.rows() == before


def test_a_dangling_reference_stops_everything(node: Node) -> None:
    before = node.rows()
    load, person = patient_with_load("Nadie Quedó")
    refused(send(node, "transaction", load), 422, "processing")
    load["resource"]["subject"]["reference"] = "Patient/V-40112233"
    answer = send(node, "transaction", load, person)
    refused(answer, 422, "processing")
    assert b"V-40112233" not in answer.body
    assert node.rows() == before


def test_a_stale_version_stops_everything(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    stale = entry("PUT", f"Location/{logical_id}", town.changed("Location") | {"id": logical_id}, ifMatch='W/"4"')
    before = node.rows()
    refused(send(node, "transaction", *patient_with_load("Nadie Quedó"), stale), 412, "conflict")
    assert node.rows() == before


def test_a_batch_carries_out_what_it_can(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Location"))
    answer = send(
        node,
        "batch",
        entry("POST", "Location", town.resource("Location")),
        entry("POST", "Location", {"resourceType": "Location", "status": "abierto"}),
        entry("GET", f"Location/{logical_id}"),
        entry("GET", "Location/nowhere"),
        entry("PUT", f"Location/{logical_id}", town.changed("Location") | {"id": logical_id}, ifMatch='W/"3"'),
        entry("PUT", f"Location/{logical_id}", town.changed("Location") | {"id": logical_id}, ifMatch="three"),
        entry("DELETE", "Location/nowhere"),
        entry("PATCH", f"Location/{logical_id}"),
        entry("GET", f"Location?_id={logical_id}"),
        entry("GET", "Location?nombre=x"),
        entry("POST", "Location", town.resource("Location"), ifNoneExist="nombre=x"),
        entry("GET", f"Location/{logical_id}/_history/1"),
        entry("GET", f"Location/{logical_id}/_history/9"),
        entry("GET", f"Location/{logical_id}/_history"),
    )
    assert " ".join(statuses(answer)) == "201 400 200 404 412 400 204 400 200 200 400 200 404 200"
    entries = answer.json["entry"]
    assert entries[1]["response"]["outcome"]["issue"][0]["code"] == "code-invalid"
    assert entries[2]["resource"]["id"] == logical_id
    assert entries[8]["resource"]["total"] == 1
    assert entries[9]["resource"]["entry"][-1]["search"]["mode"] == "outcome"
    strict = send(node, "batch", entry("GET", "Location?nombre=x"), prefer="handling=strict")
    assert statuses(strict) == ["400"]


def test_a_search_in_a_bundle_can_be_paged_on(node: Node, town: Town) -> None:
    for _ in range(3):
        node.make(town.resource("Location"))
    (found,) = (each["resource"] for each in send(node, "batch", entry("GET", "Location?_count=1")).json["entry"])
    (further,) = (each["url"] for each in found["link"] if each["relation"] == "next")
    assert len(node.ask("GET", further).ids) == 1


def test_reads_of_a_transaction_see_what_it_wrote(node: Node) -> None:
    name = f"sala-{uuid4()}"
    room = {"resourceType": "Location", "id": name, "status": "active"}
    answer = send(
        node,
        "transaction",
        entry("GET", f"Location/{name}"),
        entry("GET", f"Location?_id={name}"),
        entry("PUT", f"Location/{name}", room),
    )
    assert statuses(answer) == ["200", "200", "201"]
    read, found, _ = answer.json["entry"]
    assert read["resource"]["id"] == name
    assert found["resource"]["total"] == 1


def test_a_read_that_fails_stops_the_writes(node: Node) -> None:
    before = node.rows()
    for code, status, url in (
        ("not-found", 404, "Location/nowhere"),
        ("not-supported", 400, "Location?name:tal=x"),
        ("invalid", 400, "Location?_count=muchas"),
        ("forbidden", 403, "AuditEvent?_count=1"),
    ):
        refused(send(node, "transaction", *patient_with_load("Nadie Quedó"), entry("GET", url)), status, code)
    assert node.rows() == before


def test_a_transaction_does_not_read_what_it_deletes(node: Node, town: Town) -> None:
    url = f"Location/{node.make(town.resource('Location'))}"
    refused(send(node, "transaction", entry("DELETE", url), entry("GET", url)), 400, "invalid")
    assert node.get(url).status == 200


def test_deleting_and_writing_go_together(node: Node, town: Town) -> None:
    url = f"Location/{node.make(town.resource('Location'))}"
    answer = send(node, "transaction", entry("DELETE", url), entry("POST", "Location", town.resource("Location")))
    assert statuses(answer) == ["204", "201"]
    refused(node.get(url), 410, "deleted")


def test_a_clinician_deletes_nothing_by_way_of_a_bundle(node: Node, town: Town) -> None:
    url = f"Location/{node.make(town.resource('Location'))}"
    refused(send(node, "transaction", entry("DELETE", url), role="clinician"), 403, "forbidden")
    assert statuses(send(node, "batch", entry("DELETE", url), role="clinician")) == ["403"]
    assert node.get(url).status == 200


def test_a_conditional_create_makes_one_resource_however_many_ask(node: Node, town: Town) -> None:
    number = uuid4().hex
    resource = town.resource("Organization") | {"identifier": [{"system": "urn:x:once", "value": number}]}
    condition = f"identifier=urn:x:once|{number}"
    bundle = [entry("POST", "Organization", resource, ifNoneExist=condition)]

    async def together() -> list[Reply]:
        one = (
            asyncio.to_thread(node.ask, "POST", "/fhir/Organization", resource, if_none_exist=condition) for _ in "abc"
        )
        whole = (asyncio.to_thread(send, node, "transaction", *bundle) for _ in "abc")
        return await asyncio.gather(*one, *whole)

    answers = asyncio.run(together())
    assert {each.status for each in answers} <= {200, 201}
    found = node.get(f"Organization?{condition.replace('|', '%7C')}")
    assert found.json["total"] == 1
    again = node.ask("POST", "/fhir/Organization", resource, if_none_exist=condition)
    assert (again.status, again.json["id"]) == (200, found.ids[0])
    assert statuses(send(node, "transaction", *bundle)) == ["200"]
    node.make(resource)
    refused(node.ask("POST", "/fhir/Organization", resource, if_none_exist=condition), 412, "conflict")
    refused(send(node, "transaction", *bundle), 412, "conflict")
    assert statuses(send(node, "batch", *bundle)) == ["412"]


def test_one_condition_is_used_once_in_a_transaction(node: Node, town: Town) -> None:
    number = uuid4().hex
    resource = town.resource("Organization") | {"identifier": [{"value": number}]}
    twice = [entry("POST", "Organization", resource, ifNoneExist=f"identifier={number}")] * 2
    refused(send(node, "transaction", *twice), 400, "invalid")
    assert statuses(send(node, "batch", *twice)) == ["201", "200"]


def test_two_spellings_of_one_condition_make_nothing(node: Node) -> None:
    person = {"resourceType": "Patient", "identifier": [{"system": "urn:x:twice", "value": "t-1"}]}
    before = node.rows()
    twice = [entry("POST", "Patient", person, ifNoneExist=f"identifier={each}t-1") for each in ("", "urn:x:twice|")]
    refused(send(node, "transaction", *twice), 400, "invalid")
    assert node.rows() == before
    assert statuses(send(node, "batch", *twice)) == ["201", "200"]
    other = node.ask("POST", "/fhir/Patient", person, if_none_exist="Observation?identifier=t-1")
    refused(other, 400, "invalid")


def test_a_reference_by_the_base_s_own_address_is_known_wherever_something_is_looked_for(node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Chumpitaz"}]})
    test = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    test |= {"subject": {"reference": f"Patient/{patient}"}}
    made = node.make(test)
    query = f"subject={BASE}/Patient/{patient}"
    assert node.get(f"Observation?{query}").ids == [made]
    batch = send(node, "batch", entry("GET", f"Observation?{query}")).json["entry"][0]["resource"]
    assert [each["resource"]["id"] for each in batch["entry"]] == [made]
    assert node.ask("POST", "/fhir/Observation", test, if_none_exist=query).status == 200
    assert node.get(f"Observation/$lastn?{query}").ids == [made]
    refers = test | {"hasMember": [{"reference": f"Observation?{query}"}]}
    answer = send(node, "transaction", entry("POST", "Observation", refers))
    where = answer.json["entry"][0]["response"]["location"]
    assert node.ask("GET", where).json["hasMember"] == [{"reference": f"Observation/{made}"}]


def test_a_read_that_is_asked_wrongly_stops_the_writes_that_it_would_see(node: Node) -> None:
    before = node.rows()
    person = {"resourceType": "Patient", "id": "asked-wrongly", "name": [{"family": "Tafur"}]}
    for asked in ("?_summary=count", "/_history?bogus=1"):
        write, read = entry("PUT", f"Patient/{person['id']}", person), entry("GET", f"Patient/{person['id']}{asked}")
        answer = send(node, "transaction", write, read)
        assert answer.status == 400, answer.body
    assert node.rows() == before


def test_a_condition_names_something(node: Node, town: Town) -> None:
    for condition in ("", "_count=1", "nombre=x"):
        answer = node.ask("POST", "/fhir/Organization", town.resource("Organization"), if_none_exist=condition)
        assert answer.status == 400, condition


def test_an_empty_bundle_is_answered_by_an_empty_one(node: Node) -> None:
    for kind in ("batch", "transaction"):
        answer = node.ask("POST", "/fhir/", {"resourceType": "Bundle", "type": kind})
        assert (answer.status, answer.json) == (200, {"resourceType": "Bundle", "type": f"{kind}-response"})
