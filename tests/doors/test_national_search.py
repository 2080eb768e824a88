"""Searching the national base: what it finds, how it pages, and what it makes of what it does not know."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node
from tests.doors.samples import TYPES, Town

FORM = "application/x-www-form-urlencoded"
VIRAL_LOADS = "Observation?_total=accurate&code=20447-9&patient="


@pytest.fixture(scope="session")
def measured(node: Node, town: Town) -> tuple[str, list[str]]:
    """A person with seven viral loads, oldest first."""
    patient = node.make(town.resource("Patient"))
    resource = town.resource("Observation") | {"subject": {"reference": f"Patient/{patient}"}}
    return patient, [node.make(resource | {"effectiveDateTime": f"2024-0{month}-01"}) for month in range(1, 8)]


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_parameter_of_every_type_finds(node: Node, town: Town, resource_type: str) -> None:
    logical_id = node.make(town.resource(resource_type))
    for name, value in town.found_by(resource_type).items():
        answer = node.get(f"{resource_type}?_id={logical_id}&{urlencode({name: value})}", prefer="handling=strict")
        assert answer.status == 200, (name, answer.body)
        assert answer.ids == [logical_id], (name, value)
        assert answer.json["total"] == 1
        none = node.get(f"{resource_type}?_id={logical_id}&{name}:missing=true", prefer="handling=strict")
        assert (none.status, none.ids) == (200, []), name
        other = {"birthdate": "1900", "recorded": "1900"}.get(name, value)
        assert node.get(f"{resource_type}?_id=another&{urlencode({name: other})}").ids == []


def test_a_search_by_post_is_the_same_search(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured
    form = urlencode({"patient": patient, "_sort": "date"}).encode()
    answer = node.ask("POST", "/fhir/Observation/_search?code=20447-9", form, content_type=FORM)
    assert (answer.status, answer.ids) == (200, ids)
    assert answer.link("self").startswith("/fhir/Observation?code=20447-9&patient=")


def test_pages_hold_every_match_once_while_others_write(
    node: Node, town: Town, measured: tuple[str, list[str]]
) -> None:
    patient, ids = measured
    found: list[str] = []
    page = node.get(f"Observation?patient={patient}&_sort=date&_count=2")
    newer = town.resource("Observation") | {"subject": {"reference": f"Patient/{patient}"}}
    while True:
        assert page.status == 200, page.body
        assert page.json["link"][0]["url"].startswith(f"{BASE}/Observation?")
        found += page.ids
        if not page.link("next"):
            break
        early = node.make(newer | {"effectiveDateTime": "2001-01-01"})
        page = node.ask("GET", page.link("next"))
        node.ask("DELETE", f"/fhir/Observation/{early}")
    assert found == ids


def test_a_page_goes_on_after_its_last_entry_is_deleted(node: Node, town: Town) -> None:
    resource = town.resource("Location") | {"name": "Pabellón borrado"}
    ids = [node.make(resource) for _ in range(5)]
    first = node.get("Location?name=pabellon%20borrado&_sort=_lastUpdated&_count=2")
    node.ask("DELETE", f"/fhir/Location/{first.ids[-1]}")
    rest = node.ask("GET", first.link("next"))
    assert first.ids + rest.ids == ids[:4]


def test_sorting_goes_both_ways_by_several_keys(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured
    assert node.get(f"{VIRAL_LOADS}{patient}&_sort=date").ids == ids
    assert node.get(f"{VIRAL_LOADS}{patient}&_sort=-date,_id").ids == ids[::-1]
    assert node.get(f"{VIRAL_LOADS}{patient}&_sort=_lastUpdated").ids == ids
    assert node.get(f"{VIRAL_LOADS}{patient}").ids == ids  # in the order of their first writing
    assert node.get(f"{VIRAL_LOADS}{patient}&_sort=-_id").ids == sorted(ids, reverse=True)
    refused(node.get("Observation?_sort=code-value-quantity", prefer="handling=strict"), 400, "not-supported")


def test_the_total_is_of_all_pages_and_can_be_left_out(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured
    assert node.get(f"{VIRAL_LOADS}{patient}&_count=2").json["total"] == len(ids)
    assert node.get(f"Observation?patient={patient}&_total=estimate&_count=2").json["total"] == len(ids)
    assert "total" not in node.get(f"Observation?patient={patient}&_total=none&_count=2").json
    only = node.get(f"Observation?patient={patient}&_count=0")
    assert (only.json["total"], only.ids, only.link("next")) == (len(ids), [], "")


def test_dates_are_compared_as_intervals(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured

    def dated(*dates: str) -> list[str]:
        return node.get(f"Observation?patient={patient}&_sort=date" + "".join(f"&date={each}" for each in dates)).ids

    assert dated("2024-03-01") == dated("eq2024-03") == ids[2:3]
    assert dated("ge2024-03-01", "lt2024-05-01") == ids[2:4]
    assert dated("gt2024-06-01") == dated("sa2024-06-01") == ids[6:]
    assert dated("eb2024-02-01") == ids[:1]
    assert dated("2024-01,2024-07") == [ids[0], ids[6]]
    assert dated("ne2024-01") == ids[1:]


def test_what_is_not_known_is_said_or_refused_as_the_caller_wants(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured
    misspelt = f"Observation?patient={patient}&stauts=final"
    lenient = node.get(misspelt, prefer="handling=lenient")
    assert lenient.ids == ids
    (warning,) = (each for each in lenient.json["entry"] if each["search"]["mode"] == "outcome")
    assert "stauts" in warning["resource"]["issue"][0]["diagnostics"]
    assert "stauts" not in lenient.link("self")
    assert node.get(misspelt).ids == ids
    refused(node.get(misspelt, prefer="handling=strict"), 400, "not-supported")
    for never in ("_revinclude=a:b", "_has:Observation:patient:code=x", "subject.apellido=x", "_text=x"):
        refused(node.get(f"Observation?{never}"), 400, "not-supported")


def test_texts_are_found_without_accents_and_whole_or_in_part(node: Node, town: Town) -> None:
    logical_id = node.make(town.resource("Patient") | {"name": [{"family": "Ñúñez-Araúz", "given": ["Zoë"]}]})
    for search in (
        "family=nunez",
        "family=ÑÚÑEZ-ARAÚZ",
        "family:contains=arauz",
        "family:exact=Ñúñez-Araúz",
        "name=zoe",
    ):
        name, _, value = search.partition("=")
        assert logical_id in node.get(f"Patient?{name}={quote(value)}&_count=500").ids, search
    assert node.get("Patient?family:exact=nunez").ids == []


def test_a_negated_token_finds_the_others(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, ids = measured
    assert node.get(f"Observation?patient={patient}&status:not=final").ids == []
    assert node.get(f"Observation?patient={patient}&status:not=amended&_sort=date").ids == ids


def test_a_cursor_is_of_one_search_only(node: Node, measured: tuple[str, list[str]]) -> None:
    patient, _ = measured
    after = node.get(f"Observation?patient={patient}&_count=2").link("next").rpartition("_cursor=")[2]
    refused(node.get(f"Condition?_cursor={after}"), 400, "invalid")
    refused(node.get(f"Observation?_sort=date&_cursor={after}"), 400, "invalid")
    refused(node.get(f"Observation?_cursor={after[:-3]}AAA"), 400, "invalid")


def test_links_repeat_what_was_understood_and_lead_from_page_to_page(
    node: Node, measured: tuple[str, list[str]]
) -> None:
    patient, ids = measured
    asked = f"/fhir/Observation?patient={patient}&_sort=date&_count=3&_elements=code&_format=json"
    first = node.ask("GET", f"{asked}&stauts=final")
    assert first.link("self") == first.link("first") == asked
    second = node.ask("GET", first.link("next"))
    assert second.ids == ids[3:6]
    assert second.link("first") == asked
    assert second.link("self") == first.link("next")
    assert node.ask("GET", second.link("self")).ids == second.ids


def test_parts_of_resources_are_tagged_and_keep_their_numbers(node: Node) -> None:
    subsetted = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
    quantity = b'"valueQuantity":{"value":72.50,"unit":"kg"}'
    raw = b'{"resourceType":"Observation","status":"final","code":{"text":"peso"},"note":[{"text":"n"}],%b}' % quantity
    made = node.ask("POST", "/fhir/Observation", raw).json["id"]
    for asked in ("_summary=true", "_elements=value", "_summary=data"):
        page = node.get(f"Observation?_id={made}&{asked}")
        assert b'"value":72.50' in page.body
        (found,) = (each["resource"] for each in page.json["entry"])
        assert {"system": subsetted, "code": "SUBSETTED"} in found["meta"]["tag"]
        assert ("note" in found) is (asked == "_summary=data")
    (text,) = (each["resource"] for each in node.get(f"Observation?_id={made}&_summary=text").json["entry"])
    assert text.keys() == {"resourceType", "id", "meta", "status", "code"}
    counted = node.get(f"Observation?_id={made}&_summary=count")
    assert (counted.json["total"], counted.ids) == (1, [])
    whole = node.get(f"Observation?_id={made}&_summary=false").json["entry"][0]["resource"]
    assert "tag" not in whole["meta"]


def test_a_search_by_head_says_only_that_it_can_be_made(node: Node, measured: tuple[str, list[str]]) -> None:
    answer = node.ask("HEAD", f"/fhir/Observation?patient={measured[0]}")
    assert (answer.status, answer.body) == (200, b"")
    assert node.ask("HEAD", "/fhir/Observation?patient=Group/x").status == 400


def test_nobody_looks_into_the_audit_through_a_search_of_something_else(node: Node) -> None:
    for hidden in (
        "Patient?_has:AuditEvent:patient:action=R",
        "Provenance?target:AuditEvent.action=R",
        "Patient?_revinclude=AuditEvent:patient",
    ):
        refused(node.get(hidden), 403, "forbidden")
    refused(node.get("AuditEvent?patient.family=rojas", role="auditor"), 403, "forbidden")
    refused(node.get("AuditEvent?_include=AuditEvent:patient:Patient", role="auditor"), 403, "forbidden")
