"""Contract of the port `Records`: what is found, in which order, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from corridor.domain.errors import InvalidError
from corridor.domain.query import Query
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, drafted, organization, patient, query, viral_load


async def ids(stores: Stores, text: str) -> list[str]:
    page = await stores.records.search(query(text + "&_sort=_id"))
    assert page.total == len(page.records)
    return [each.id for each in page.records]


async def fill(stores: Stores) -> None:
    people = [
        patient("ana", family="Núñez Peña", given="Ana María", gender="female", birthDate="1988-05-14"),
        patient("eva", family="Nunez", given="Eva", gender="female", birthDate="1990"),
        patient(
            "leo",
            family="Rojas",
            given="Leo",
            gender="male",
            identifier=[{"system": "urn:x", "value": "77"}, {"value": "A-1"}],
        ),
    ]
    period = {"effectiveDateTime": None, "effectivePeriod": {"start": "2024-01-01", "end": "2024-06-30"}}
    spanning = {name: value for name, value in period.items() if value}
    long = viral_load("v4", of="leo", on="2024-01-01")
    resource = {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"coding": [{"system": "urn:local", "code": "CV"}]},
        "subject": {"reference": "Patient/leo"},
        **spanning,
    }
    assert long.code
    observations = [
        viral_load("v1", of="ana", on="2024-02-01"),
        viral_load("v2", of="ana", on="2024-02-01T10:30:00-05:00"),
        viral_load("v3", of="ana", on="2025", encounter={"reference": "Encounter/e1"}),
        drafted(resource, "v4"),
        drafted({"resourceType": "Observation", "status": "final", "code": {"text": "sin código"}}, "v5"),
    ]
    async with stores.units.begin() as unit:
        await unit.write([*people, *observations, organization("o1", "100% Salud_Ñandú")], at=NOW)


FOUND = {
    "Patient?": ["ana", "eva", "leo"],
    "Patient?_id=ana,leo,zoe": ["ana", "leo"],
    "Patient?family=nunez": ["ana", "eva"],
    "Patient?family=NÚÑ": ["ana", "eva"],
    "Patient?family:exact=Nunez": ["eva"],
    "Patient?family:exact=nunez": [],
    "Patient?family:contains=pena": ["ana"],
    "Patient?given=maria": ["ana"],
    "Patient?name=rojas,eva": ["eva", "leo"],
    "Patient?gender=female&family=nunez&birthdate=1988-05-14": ["ana"],
    "Patient?gender:not=female": ["leo"],
    "Patient?birthdate=lt1990": ["ana"],
    "Patient?birthdate=1990": ["eva"],
    "Patient?birthdate:missing=true": ["leo"],
    "Patient?birthdate:missing=false": ["ana", "eva"],
    "Patient?identifier=urn:x|77": ["leo"],
    "Patient?identifier=77": ["leo"],
    "Patient?identifier=urn:y|77": [],
    "Patient?identifier=|A-1": ["leo"],
    "Patient?identifier=|77": [],
    "Patient?identifier=urn:x|": ["leo"],
    "Patient?identifier:missing=true": ["ana", "eva"],
    "Patient?name:contains=%": [],
    "Organization?name:contains=% salud_n": ["o1"],
    "Organization?name:contains=0_": [],
    "Observation?patient=ana": ["v1", "v2", "v3"],
    "Observation?patient=Patient/ana&code=http://loinc.org|20447-9": ["v1", "v2", "v3"],
    "Observation?subject=Patient/ana": ["v1", "v2", "v3"],
    "Observation?subject=ana": ["v1", "v2", "v3"],
    "Observation?patient=ana,leo&code=urn:local|CV": ["v1", "v2", "v3", "v4"],
    "Observation?code=CV": ["v1", "v2", "v3", "v4"],
    "Observation?code=20447-9": ["v1", "v2", "v3"],
    "Observation?code=http://loinc.org|": ["v1", "v2", "v3"],
    "Observation?code=http://loinc.org|CV": [],
    "Observation?code:not=20447-9": ["v4", "v5"],
    "Observation?code:missing=true": ["v5"],
    "Observation?status=final": ["v1", "v2", "v3", "v5"],
    "Observation?status=final&category=laboratory&patient=ana": ["v1", "v2", "v3"],
    "Observation?category:missing=true": ["v4", "v5"],
    "Observation?encounter=Encounter/e1": ["v3"],
    "Observation?encounter=e1": ["v3"],
    "Observation?patient:missing=true": ["v5"],
    "Observation?subject:missing=false": ["v1", "v2", "v3", "v4"],
    "Observation?date=2024-02-01": ["v1", "v2"],
    "Observation?date=ne2024-02-01": ["v3", "v4"],
    "Observation?date=gt2024-02-01": ["v3", "v4"],
    "Observation?date=ge2024-02-01": ["v1", "v2", "v3", "v4"],
    "Observation?date=lt2024-02-01": ["v4"],
    "Observation?date=le2024-02-01": ["v1", "v2", "v4"],
    "Observation?date=sa2024-06-30": ["v3"],
    "Observation?date=eb2024-02-02": ["v1", "v2"],
    "Observation?date=2024": ["v1", "v2", "v4"],
    "Observation?date=2024-02-01T15:30:00Z": ["v2"],
    "Observation?patient=ana&date=ge2024-02-01&date=lt2025": ["v1", "v2"],
    "Observation?date:missing=true": ["v5"],
    "Observation?_lastUpdated=2026-03-02": ["v1", "v2", "v3", "v4", "v5"],
    "Observation?_lastUpdated=gt2026-03-02T09:30:16Z": [],
    "Observation?_lastUpdated=lt2026-03-02T09:30:15.2Z": ["v1", "v2", "v3", "v4", "v5"],
}


async def test_each_search_finds_what_it_says(stores: Stores) -> None:
    await fill(stores)
    found = {text: await ids(stores, text) for text in FOUND}
    assert found == FOUND


async def test_nothing_is_read_under_an_id_that_no_resource_can_have(stores: Stores) -> None:
    for id in ("", "zoe", "a\x00b", "ñ" * 80, "'; --"):  # noqa: A001  # FHIR's word
        assert await stores.records.read("Patient", id) is None
        assert await stores.records.read_version("Patient", id, 1) is None


async def test_versions_that_never_were_are_not_read(stores: Stores) -> None:
    await fill(stores)
    for version in (-1, 0, 2, 2**70):
        assert await stores.records.read_version("Patient", "ana", version) is None


async def test_a_text_longer_than_any_index_is_still_found(stores: Stores) -> None:
    long = "x" * 3000
    async with stores.units.begin() as unit:
        await unit.write([patient("ana", identifier=[{"system": "urn:x", "value": long}], family=long)], at=NOW)
    assert await ids(stores, f"Patient?identifier=urn:x|{long}") == ["ana"]
    assert await ids(stores, f"Patient?identifier=urn:x|{long}x") == []
    assert await ids(stores, "Patient?family=xxx") == ["ana"]


async def through(stores: Stores, asked: Query, *, between: int = 0) -> list[str]:
    seen: list[str] = []
    pages = 0
    while True:
        page = await stores.records.search(asked)
        seen += [each.id for each in page.records]
        pages += 1
        if between:
            late = organization(f"late-{pages}", "Nuevo")
            async with stores.units.begin() as unit:
                await unit.write([late], at=NOW + timedelta(days=pages))
        if not page.after:
            return seen
        asked = replace(asked, after=page.after)


@pytest.mark.parametrize("sort", ["_lastUpdated", "-_lastUpdated", "_id", "-_id", "-_lastUpdated,_id"])
async def test_pages_hold_everything_once_in_order(stores: Stores, sort: str) -> None:
    for n in range(11):
        async with stores.units.begin() as unit:
            await unit.write([organization(f"o{n * 7 % 11:02}", "Hospital")], at=NOW + timedelta(seconds=n // 3))
    everything = await through(stores, query(f"Organization?_sort={sort}&_count=500"))
    assert len(set(everything)) == 11
    for count in (1, 2, 5, 11):
        assert await through(stores, query(f"Organization?_sort={sort}&_count={count}")) == everything
    if sort == "_id":
        assert everything == sorted(everything)


async def test_pages_stay_whole_while_others_write(stores: Stores) -> None:
    for n in range(9):
        async with stores.units.begin() as unit:
            await unit.write([organization(f"o{n}", "Hospital")], at=NOW + timedelta(seconds=n))
    seen = await through(stores, query("Organization?_count=2&_sort=-_lastUpdated"), between=1)
    assert seen == [f"o{n}" for n in reversed(range(9))]


async def test_undated_resources_come_last_in_both_directions(stores: Stores) -> None:
    await fill(stores)
    assert await through(stores, query("Observation?_sort=date&_count=2")) == ["v4", "v1", "v2", "v3", "v5"]
    assert await through(stores, query("Observation?_sort=-date&_count=2")) == ["v3", "v2", "v1", "v4", "v5"]


async def test_the_total_is_told_only_where_it_is_asked_for(stores: Stores) -> None:
    await fill(stores)
    assert (await stores.records.search(query("Observation?_total=none"))).total is None
    assert (await stores.records.search(query("Observation?_count=2"))).total == 5
    only = await stores.records.search(query("Observation?_count=0&_total=none"))
    assert (only.records, only.total, only.after) == ((), 5, "")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "WyJPYnNlcnZhdGlvbiJd", "%%%", "a" * 500, "ñ"])
async def test_a_cursor_that_is_not_ours_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(InvalidError):
        await stores.records.search(replace(query("Observation?"), after=cursor))


async def test_a_cursor_of_another_search_is_refused(stores: Stores) -> None:
    await fill(stores)
    after = (await stores.records.search(query("Observation?_count=2"))).after
    with pytest.raises(InvalidError):
        await stores.records.search(replace(query("Patient?_count=2"), after=after))
