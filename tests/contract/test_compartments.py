"""Contract of the ports `Compartments` and `Latest`: one patient's record whole, and the newest of each result."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import InvalidError
from corridor.domain.record import Record
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, drafted, medication, organization, patient, query, statement, viral_load


def names(records: tuple[Record, ...]) -> list[str]:
    return [each.id for each in records]


async def fill(stores: Stores) -> None:
    treated = {"performer": [{"reference": "Organization/o1"}]}
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": "Patient/leo"}, {"reference": "Patient/ana"}],
        "recorded": "2024-05-01T00:00:00Z",
        "agent": [{"who": {"reference": "Organization/o2"}}],
    }
    async with stores.units.begin() as unit:
        await unit.write(
            [
                viral_load("v1", of="ana", on="2024-02-01", **treated),
                organization("o1", "Sur"),
                organization("o2", "Norte"),
                organization("o3", "Nobody's"),
                medication("dtg", "J05AJ03"),
                patient("ana"),
                patient("leo"),
                viral_load("v2", of="ana", on="2025-02-01", **treated),
                viral_load("other", of="leo", on="2025-02-01"),
                statement("s1", of="ana", medication="dtg"),
                drafted(provenance, "both"),
            ],
            at=NOW,
        )


async def test_the_patient_comes_first_then_the_record_then_what_it_refers_to(stores: Stores) -> None:
    await fill(stores)
    page = await stores.compartments.everything("ana", CompartmentQuery())
    assert names(page.records) == ["ana", "v1", "v2", "s1", "both"]
    assert sorted(names(page.included)) == ["dtg", "o1", "o2"]
    assert page.after == ""


async def test_nobody_has_an_empty_record(stores: Stores) -> None:
    await fill(stores)
    page = await stores.compartments.everything("zoe", CompartmentQuery())
    assert (page.records, page.included, page.after) == ((), (), "")


async def test_types_dates_and_changes_narrow_the_record(stores: Stores) -> None:
    await fill(stores)
    async with stores.units.begin() as unit:
        await unit.write([viral_load("v3", of="ana", on="2026-01-01")], at=NOW + timedelta(days=1))
        await unit.delete("Observation", "v2", at=NOW + timedelta(days=1))

    async def narrowed(**wanted: object) -> list[str]:
        return names((await stores.compartments.everything("ana", replace(CompartmentQuery(), **wanted))).records)

    assert await narrowed(types=("Observation", "Organization")) == ["v1", "v3"]
    assert await narrowed(since=NOW + timedelta(hours=1)) == ["v3"]
    start, end = datetime(2024, 3, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
    assert await narrowed(start=start) == ["ana", "s1", "both", "v3"]
    assert await narrowed(end=start) == ["ana", "v1", "s1"]
    assert await narrowed(start=start, end=end, types=("Observation",)) == []


async def test_pages_hold_everything_once_while_others_write(stores: Stores) -> None:
    await fill(stores)
    wanted, seen, along, pages = CompartmentQuery(count=2), [], [], 0
    while True:
        page = await stores.compartments.everything("ana", wanted)
        seen += names(page.records)
        along += names(page.included)
        pages += 1
        async with stores.units.begin() as unit:
            again = viral_load("v1", of="ana", on=f"2023-01-0{pages}", performer=[{"reference": "Organization/o1"}])
            await unit.write([again, organization("o1", "S")], at=NOW)
            await unit.delete("MedicationStatement", "s1", at=NOW)
        if not page.after:
            break
        wanted = replace(wanted, after=page.after)
    assert seen == ["ana", "v1", "v2", "both"]
    assert sorted(along) == ["o1", "o2"]


@pytest.mark.parametrize("after", ["x", "gaFr", "AAAA", "ñ"])
async def test_a_place_that_is_not_ours_is_refused(stores: Stores, after: str) -> None:
    with pytest.raises(InvalidError):
        await stores.compartments.everything("ana", CompartmentQuery(after=after))


async def test_a_place_in_somebody_elses_record_is_refused(stores: Stores) -> None:
    await fill(stores)
    after = (await stores.compartments.everything("ana", CompartmentQuery(count=1))).after
    with pytest.raises(InvalidError):
        await stores.compartments.everything("leo", CompartmentQuery(after=after))


async def test_the_newest_of_each_code_come_with_those_of_the_same_instant(stores: Stores) -> None:
    other = {"code": {"coding": [{"system": "http://loinc.org", "code": "24467-3"}]}}
    undated = {"effectiveDateTime": None} | other
    async with stores.units.begin() as unit:
        await unit.write(
            [
                patient("ana"),
                viral_load("v1", of="ana", on="2024-02-01"),
                viral_load("v2", of="ana", on="2025-02-01"),
                viral_load("v3", of="ana", on="2025-02-01"),
                viral_load("v4", of="leo", on="2026-02-01"),
                viral_load("c1", of="ana", on="2020-01-01", **other),
                drafted(
                    {
                        "resourceType": "Observation",
                        "status": "final",
                        "subject": {"reference": "Patient/ana"},
                        **{name: value for name, value in undated.items() if value},
                    },
                    "c2",
                ),
            ],
            at=NOW,
        )
    asked = query("Observation?patient=ana")
    assert names(await stores.latest.lastn(asked, most=1)) == ["v3", "v2", "c1"]
    assert names(await stores.latest.lastn(asked, most=2)) == ["v3", "v2", "c1", "c2"]
    assert names(await stores.latest.lastn(asked, most=3)) == ["v3", "v2", "v1", "c1", "c2"]
    assert names(await stores.latest.lastn(query("Observation?code=20447-9"), most=1)) == ["v4"]
