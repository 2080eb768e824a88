"""Searches whose details are easily wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import (
    ChainCriterion,
    HasCriterion,
    Query,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
)
from corridor.storage.database import Database
from tests.contract.conftest import Stores, sql_stores
from tests.contract.samples import NOW, drafted, fact, organization, patient, query, viral_load

ABROAD = "https://abroad.example/fhir/Patient/7"
PROFILE = "https://leo.example/fhir/person/"
LONG = "de la Santísima Trinidad y de los Remedios del Perpetuo Socorro Fernández"
PRESSURE = {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]}


def part(code: str, value: float) -> dict[str, object]:
    coding = {"coding": [{"system": "http://loinc.org", "code": code}]}
    unit = {"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    return {"code": coding, "valueQuantity": {"value": value, **unit}}


async def fill(stores: Stores) -> None:
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": PRESSURE,
        "subject": {"reference": "Patient/ana"},
        "component": [part("8480-6", 150), part("8462-4", 80)],
    }
    weight = {"value": 72.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    async with stores.units.begin() as unit:
        await unit.write(
            [
                organization("o1", "Sur"),
                patient("ana", managingOrganization={"reference": "Organization/o1"}),
                patient("eva", family=f"{LONG} Núñez"),
                patient("iris", family=f"{LONG} Nole"),
                patient("leo", meta={"profile": [PROFILE]}, identifier=[{"system": "urn:x", "value": "77"}]),
                drafted(resource, "pressure"),
                viral_load("weight", of="ana", on="2024-02-01", valueQuantity=weight),
                viral_load("abroad", of="leo", on="2024-02-01", subject={"reference": ABROAD}),
                viral_load("less", of="leo", on="2020", valueQuantity={"value": 20, "comparator": "<", "unit": "c"}),
            ],
            at=NOW,
        )


FOUND = {
    "Observation?component-code-value-quantity=8480-6$gt140": ["pressure"],
    "Observation?component-code-value-quantity=8462-4$gt140": [],
    "Observation?combo-code-value-quantity=8462-4$lt90": ["pressure"],
    "Observation?code-value-quantity=20447-9$gt70||kg": ["weight"],
    "Observation?code-value-quantity=20447-9$gt80||kg": [],
    "Observation?code-value-quantity=85354-9$gt1||kg,20447-9$gt70||kg": ["weight"],
    "Observation?patient=ana&code-value-quantity=20447-9$gt80||kg": [],
    "Observation?patient=ana&code-value-quantity=85354-9$gt1||kg,20447-9$gt70||kg": ["weight"],
    "Observation?value-quantity=72500|http://unitsofmeasure.org|g": ["weight"],
    "Observation?value-quantity=72.5||kg": ["weight"],
    "Observation?value-quantity=gt70|http://unitsofmeasure.org|kg": ["weight"],
    "Observation?value-quantity=50||copies/mL": ["abroad"],
    "Observation?value-quantity=50||{copies}/mL": ["abroad"],
    "Observation?code-value-quantity=20447-9$lt90||copies/mL": ["abroad"],
    "Observation?value-quantity=50|http://unitsofmeasure.org|copies/mL": [],
    "Observation?value-quantity=gt70|http://unitsofmeasure.org|g": ["weight"],
    "Observation?value-quantity=lt10||c": ["less"],
    "Observation?value-quantity=ge20||c": ["less"],
    "Observation?value-quantity=gt20||c": [],
    f"Observation?patient={ABROAD}": ["abroad"],
    f"Observation?subject={ABROAD}": ["abroad"],
    "Observation?patient=7": [],
    "Observation?patient.organization.name=sur": ["pressure", "weight"],
    "Observation?patient:Patient.identifier=urn:x|77": ["less"],
    "Observation?subject:Patient.organization:Organization.name=sur&date=2024-02-01": ["weight"],
    "Organization?_has:Patient:organization:_has:Observation:patient:code=85354-9": ["o1"],
    "Patient?_has:Observation:patient:value-quantity=gt70||kg": ["ana"],
    "Patient?_has:Observation:patient:code=85354-9&_id=leo": [],
    f"Patient?family={LONG}": ["eva", "iris"],
    f"Patient?family={LONG} NUN": ["eva"],
    f"Patient?family=zzz,{LONG} nun": ["eva"],
    f"Patient?given=mar&family={LONG} no": ["iris"],
    "Patient?_profile:below=https://leo.example/fhir": ["leo"],
    "Patient?_profile:below=https://leo.example/fhir/": ["leo"],
    "Patient?_profile:below=https://leo.example/fhi/": [],
    "Patient?_profile:above=https://leo.example/fhir/person/grown": ["leo"],
    "Patient?organization:missing=true": ["eva", "iris", "leo"],
    "Patient?identifier:missing=false&_has:Observation:subject:date=2020": ["leo"],
}


@pytest.mark.parametrize("sort", ["_id", "-_lastUpdated"])
async def test_each_search_finds_what_it_says(stores: Stores, sort: str) -> None:
    await fill(stores)
    found = {}
    for text in FOUND:
        page = await stores.records.search(query(f"{text}&_sort={sort}&_total=accurate"))
        found[text] = sorted(each.id for each in page.records)
        assert page.total == len(page.records)
    assert found == FOUND


async def test_each_reference_is_followed_once(stores: Stores) -> None:
    await fill(stores)

    async def along(text: str) -> list[str]:
        page = await stores.records.search(query(text))
        return sorted(f"{each.resource_type}/{each.id}" for each in page.included)

    assert await along("Observation?patient=ana&_include=Observation:patient") == ["Patient/ana"]
    both = "Observation?patient=ana&_include=Observation:subject&_include:iterate=Patient:organization"
    assert await along(both) == ["Organization/o1", "Patient/ana"]
    assert await along("Observation?patient=ana&_include=Observation:subject:Group") == []
    assert await along("Patient?_id=ana&_revinclude=Observation:patient") == [
        "Observation/pressure",
        "Observation/weight",
    ]
    chained = "Organization?_revinclude=Patient:organization&_revinclude:iterate=Observation:patient"
    assert await along(chained) == ["Observation/pressure", "Observation/weight", "Patient/ana"]
    assert await along("Patient?_id=ana&_include=Patient:*") == ["Organization/o1"]


async def test_audit_events_go_along_and_bring_along(stores: Stores) -> None:
    await fill(stores)
    for of, resource in (("ana", "Patient/ana"), ("leo", "Patient/leo")):
        await stores.audit.append(fact(of=(of,), resource=resource))
    page = await stores.records.search(query("AuditEvent?patient=ana&_include=AuditEvent:patient"))
    assert [each.id for each in page.included] == ["ana"]
    assert page.included[0].resource_type == "Patient"
    page = await stores.records.search(query("Patient?_id=ana&_revinclude=AuditEvent:patient"))
    assert [each.resource_type for each in page.included] == ["AuditEvent"]
    assert all(b"Patient/ana" in (each.body or b"") for each in page.included)


async def test_records_are_not_searched_by_the_log(database: Database) -> None:
    stores = sql_stores(database)
    with pytest.raises(UnsupportedError):
        await stores.records.search(
            Query("Patient", (HasCriterion("AuditEvent", "patient", TokenCriterion("action", ((None, "R"),))),))
        )
    await stores.records.close()


async def test_thousands_of_codes_and_ids_are_looked_for_at_once(stores: Stores) -> None:
    await fill(stores)
    codes = tuple(("http://loinc.org", f"{number}-0") for number in range(2000))
    wanted = TokenCriterion("code", (*codes, ("http://loinc.org", "85354-9"), (None, "nothing"), ("urn:x", "")))
    people = ReferenceCriterion("patient", (*(("Patient", f"p{number}") for number in range(900)), ("Patient", "ana")))
    for criteria in ((wanted,), (people, wanted), (TokenCriterion("_id", (*codes, (None, "pressure"))),)):
        page = await stores.records.search(Query("Observation", criteria))
        assert [each.id for each in page.records] == ["pressure"]


async def test_more_words_than_a_statement_can_hold_are_refused(database: Database) -> None:
    stores = sql_stores(database)
    words = StringCriterion("family", tuple(f"name {number}" for number in range(201)))
    with pytest.raises(InvalidError):
        await stores.records.search(Query("Patient", (words,)))
    with pytest.raises(InvalidError):
        await stores.records.search(Query("Observation", (ChainCriterion("patient", ("Patient",), words),)))
    await stores.records.close()


async def test_of_several_dates_each_is_looked_at_wherever_the_search_begins(stores: Stores) -> None:
    measured = {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]}
    of = {"resourceType": "Observation", "status": "final", "code": measured, "subject": {"reference": "Patient/ana"}}
    several = drafted(of | {"effectiveTiming": {"event": ["2023-01-10", "2023-12-20"]}}, "v1")
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), several, viral_load("v2", of="ana", on="2023-06-15")], at=NOW)
    for asked, expected in {
        "date=2023-12-20": ["v1"],
        "date=2023-01-10": ["v1"],
        "date=2023-06-15": ["v2"],
        "date=ge2023-12": ["v1"],
        "date=lt2023-02": ["v1"],
        "date=sa2023-03&date=eb2023-09": ["v1", "v2"],
        "date=gt2023-03-01": ["v1", "v2"],
        "date=ge2024": [],
    }.items():
        for whose in ("", "&patient=ana", "&patient=ana&code=20447-9", "&code=20447-9", "&_id=v1,v2"):
            page = await stores.records.search(query(f"Observation?{asked}{whose}"))
            assert sorted(each.id for each in page.records) == expected, (asked, whose)


async def test_what_happened_several_times_is_part_of_everything_since_a_day_between(stores: Stores) -> None:
    several = drafted(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "peso"},
            "subject": {"reference": "Patient/ana"},
            "effectiveTiming": {"event": ["2023-01-10", "2023-12-20"]},
        },
        "v1",
    )
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), several, viral_load("v2", of="ana", on="2023-03-15")], at=NOW)
    page = await stores.compartments.everything("ana", CompartmentQuery(start=datetime(2023, 6, 1, tzinfo=UTC)))
    assert {each.id for each in page.records} == {"ana", "v1"}


async def test_a_page_of_one_patient_and_code_tells_how_many_there_are(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.write(
            [patient("ana"), *(viral_load(f"v{at}", of="ana", on=f"2024-02-0{at}") for at in range(1, 6))], at=NOW
        )
    asked = query("Observation?patient=ana&code=20447-9&_count=2")
    totals, seen = [], 0
    while True:
        page = await stores.records.search(asked)
        totals.append(page.total)
        seen += len(page.records)
        if not page.after:
            break
        asked = replace(asked, after=page.after)
    assert (totals, seen) == ([5, 5, 5], 5)
