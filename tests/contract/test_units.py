"""Contract of the ports `Units` and `Unit`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import orjson
import pytest

from corridor.domain.consent import Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, disclosure_of, line
from corridor.domain.errors import ForbiddenError
from tests.contract.conftest import Stores
from tests.contract.samples import (
    HOME,
    NOW,
    drafted,
    fact,
    medication,
    organization,
    patient,
    query,
    statement,
    viral_load,
)

COLOMBIA = Country("CO")


async def write(stores: Stores, *drafts: Any, at: Any = NOW) -> Any:
    async with stores.units.begin() as unit:
        return await unit.write(drafts, at=at)


async def test_what_is_written_is_read_back_byte_for_byte_with_version_and_instant(stores: Stores) -> None:
    draft = viral_load("v1", of="ana", on="2024-02-01")
    [record] = await write(stores, draft)
    read = await stores.records.read("Observation", "v1")
    assert read == record
    assert read.body == (draft.head + b'"versionId":"1","lastUpdated":"2026-03-02T09:30:15.123456Z"' + draft.tail)
    assert (read.version, read.updated_at, read.patient_id) == (1, NOW, "ana")


async def test_the_order_of_what_is_written_is_kept(stores: Stores) -> None:
    drafts = [patient("ana"), *(viral_load(f"v{n}", of="ana", on="2024-02-01") for n in range(60))]
    records = await write(stores, *drafts)
    assert [each.id for each in records] == [each.id for each in drafts]


async def test_an_update_is_the_next_version_and_the_past_stays(stores: Stores) -> None:
    await write(stores, organization("o1", "Hospital Uno"))
    later = NOW + timedelta(minutes=1)
    [second] = await write(stores, organization("o1", "Hospital Dos"), at=later)
    assert (second.version, second.updated_at) == (2, later)
    first = await stores.records.read_version("Organization", "o1", 1)
    assert first is not None
    assert orjson.loads(first.body)["name"] == "Hospital Uno"
    assert (await stores.records.read_version("Organization", "o1", 2)) == second
    assert (await stores.records.search(query("Organization?name=hospital uno"))).total == 0
    assert (await stores.records.search(query("Organization?name=hospital dos"))).total == 1


async def test_a_resource_written_twice_in_one_call_has_two_versions(stores: Stores) -> None:
    records = await write(stores, organization("o1", "Uno"), organization("o2", "Otro"), organization("o1", "Dos"))
    assert [(each.id, each.version) for each in records] == [("o1", 1), ("o2", 1), ("o1", 2)]
    assert (await stores.records.read_version("Organization", "o1", 1)) == records[0]


async def test_ids_of_different_types_do_not_meet(stores: Stores) -> None:
    await write(stores, organization("same", "Hospital"), patient("same"))
    assert (await stores.records.read("Organization", "same")).version == 1
    assert (await stores.records.read("Patient", "same")).version == 1
    assert await stores.records.read("Location", "same") is None


async def test_a_unit_reads_what_it_has_written(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        assert await unit.read("Organization", "o1") is None
        [record] = await unit.write([organization("o1", "Hospital")], at=NOW)
        assert await unit.read("Organization", "o1") == record


async def test_a_unit_that_raises_leaves_nothing_behind(stores: Stores) -> None:
    with pytest.raises(ForbiddenError):
        await _refused(stores)
    assert await stores.records.read("Patient", "ana") is None
    assert await stores.outbox.waiting() == 0
    assert (await stores.records.search(query("AuditEvent?"))).total == 0
    await write(stores, organization("o1", "Hospital"))
    assert (await stores.records.read("Organization", "o1")).version == 1


async def _refused(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), organization("o1", "Hospital")], at=NOW)
        await unit.audit(fact())
        await unit.queue("withdraw", "ana", b"")
        raise ForbiddenError("Not here.")


async def test_missing_names_in_order_what_no_living_resource_is(stores: Stores) -> None:
    await write(stores, patient("ana"), patient("eva"))
    async with stores.units.begin() as unit:
        await unit.delete("Patient", "eva", at=NOW)
        asked = ["Patient/zoe", "Patient/ana", "Organization/ana", "Patient/eva"]
        assert await unit.missing(asked) == ("Patient/zoe", "Organization/ana", "Patient/eva")
        assert await unit.missing([]) == ()


async def test_a_deleted_resource_says_so_and_is_neither_found_nor_projected(stores: Stores) -> None:
    await write(stores, patient("ana"), viral_load("v1", of="ana", on="2024-02-01"))
    async with stores.units.begin() as unit:
        deleted = await unit.delete("Observation", "v1", at=NOW)
        assert [each.id for each in await unit.projection("ana")] == ["ana"]
        assert await unit.delete("Observation", "v1", at=NOW) is None
        assert await unit.delete("Observation", "never", at=NOW) is None
    assert (deleted.version, deleted.body, deleted.patient_id) == (2, None, "ana")
    assert await stores.records.read("Observation", "v1") == deleted
    assert (await stores.records.search(query("Observation?patient=ana"))).records == ()
    [revived] = await write(stores, viral_load("v1", of="ana", on="2024-02-01"))
    assert revived.version == 3
    assert (await stores.records.read_version("Observation", "v1", 2)) == deleted


async def test_the_projection_begins_with_the_patient_and_goes_by_type_and_date(stores: Stores) -> None:
    drafts = [
        viral_load("v3", of="ana", on="2024-03-01"),
        viral_load("v1", of="ana", on="2023-01-01"),
        patient("ana"),
        patient("eva"),
        viral_load("other", of="eva", on="2020-01-01"),
    ]
    await write(stores, *drafts)
    async with stores.units.begin() as unit:
        rows = await unit.projection("ana")
    assert [each.id for each in rows] == ["ana", "v1", "v3"]
    by_id = {each.id: each for each in drafts}
    for row in rows:
        projection = by_id[row.id].projection
        assert projection is not None
        assert (row.template, row.category, row.effective) == (
            projection.template,
            projection.category,
            projection.effective,
        )


async def test_a_medication_that_a_statement_refers_to_goes_with_the_person_and_no_other(stores: Stores) -> None:
    drafts = [
        patient("ana"),
        medication("dtg", "J05AJ03"),
        medication("efv", "J05AG03"),
        statement("s1", of="ana", medication="dtg"),
    ]
    await write(stores, *drafts)
    async with stores.units.begin() as unit:
        assert [each.id for each in await unit.projection("ana")] == ["ana", "s1", "dtg"]


async def test_a_resource_that_moves_to_another_person_leaves_the_first_projection(stores: Stores) -> None:
    await write(stores, viral_load("v1", of="ana", on="2024-02-01"))
    await write(stores, viral_load("v1", of="eva", on="2024-02-01"))
    async with stores.units.begin() as unit:
        assert await unit.projection("ana") == ()
        assert [each.id for each in await unit.projection("eva")] == ["v1"]
    assert (await stores.records.search(query("Observation?patient=ana"))).total == 0


async def test_a_written_or_deleted_patient_waits_once_for_registration(stores: Stores) -> None:
    await write(stores, patient("ana"), patient("eva"))
    await write(stores, patient("ana"))
    waiting = await stores.outbox.due("register", at=NOW, limit=10)
    assert [(each.key, each.payload, each.attempt) for each in waiting] == [("eva", b"", 0), ("ana", b"", 0)]
    await stores.outbox.done(waiting)
    async with stores.units.begin() as unit:
        await unit.delete("Patient", "eva", at=NOW)
    assert [each.key for each in await stores.outbox.due("register", at=NOW, limit=10)] == ["eva"]


async def test_a_consent_that_cannot_be_read_comes_as_a_denial(stores: Stores) -> None:
    unreadable = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]},
        "category": [{"text": "other"}],
        "patient": {"reference": "Patient/ana"},
        "policyRule": {"text": "none"},
    }
    await write(stores, patient("ana"), drafted(unreadable, "c1"))
    async with stores.units.begin() as unit:
        [consent] = await unit.consents("ana")
        assert await unit.consents("eva") == ()
    assert (consent.id, consent.status_active, consent.given_at) == ("c1", True, NOW)
    assert [each.permit for each in consent.provisions] == [False]


async def test_a_withdrawal_is_kept_once(stores: Stores) -> None:
    first, second = Withdrawal(NOW), Withdrawal(NOW + timedelta(hours=1))
    async with stores.units.begin() as unit:
        for each in (second, first, second):
            await unit.withdraw("ana", each)
    async with stores.units.begin() as unit:
        assert await unit.withdrawals("ana") == (first, second)
        assert await unit.withdrawals("eva") == ()


async def test_a_handle_leads_to_its_patient_and_no_other_does(stores: Stores) -> None:
    handle = await stores.people.handle("ana")
    async with stores.units.begin() as unit:
        assert await unit.patient_of(handle) == "ana"
        assert await unit.patient_of(bytes(16)) is None


async def test_a_grant_holds_until_its_end_for_its_country_alone(stores: Stores) -> None:
    until = NOW + timedelta(hours=24)
    async with stores.units.begin() as unit:
        await unit.grant(COLOMBIA, "p1", patient_id="eva", until=NOW, statement=b"old")
        await unit.grant(COLOMBIA, "p1", patient_id="ana", until=until, statement=b"consent")
    async with stores.units.begin() as unit:
        assert await unit.granted(COLOMBIA, "p1", at=NOW) == ("ana", b"consent")
        assert await unit.granted(HOME, "p1", at=NOW) is None
        assert await unit.granted(COLOMBIA, "p2", at=NOW) is None
        assert await unit.granted(COLOMBIA, "p1", at=until) is None


async def test_every_grant_of_a_country_ends_at_once_when_it_is_gone(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.grant(COLOMBIA, "p1", patient_id="ana", until=NOW + timedelta(hours=24), statement=b"consent")
        assert await unit.end_grants(HOME) == 0
        assert await unit.end_grants(COLOMBIA) == 1
        assert await unit.granted(COLOMBIA, "p1", at=NOW) is None
        assert await unit.end_grants(COLOMBIA) == 0


async def test_a_report_waits_as_the_line_that_it_is(stores: Stores) -> None:
    told = line((COLOMBIA, HOME), reporter=HOME, purpose="TREAT", decision=Decision.DISCLOSED, at=NOW)
    async with stores.units.begin() as unit:
        await unit.report(told)
    [message] = await stores.outbox.due("report", at=NOW, limit=10)
    assert disclosure_of(message.payload) == told


async def test_units_run_one_after_another(stores: Stores) -> None:
    await write(stores, organization("o1", "0"))

    async def count() -> None:
        async with stores.units.begin() as unit:
            current = orjson.loads((await unit.read("Organization", "o1")).body)["name"]
            await asyncio.sleep(0)
            await unit.write([organization("o1", str(int(current) + 1))], at=NOW)

    await asyncio.gather(*(count() for _ in range(12)))
    assert orjson.loads((await stores.records.read("Organization", "o1")).body)["name"] == "12"


async def test_a_unit_whose_task_is_cancelled_leaves_nothing_and_blocks_nobody(stores: Stores) -> None:
    async def slow() -> None:
        async with stores.units.begin() as unit:
            await unit.write([organization("o1", "Hospital")], at=NOW)
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stores.records.read("Organization", "o1") is None
    assert (await write(stores, organization("o1", "Hospital")))[0].version == 1


async def test_the_newest_resource_is_written_again_beside_a_new_one(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), patient("luz")], at=NOW)
    async with stores.units.begin() as unit:
        written = await unit.write([patient("luz", family="Otra"), patient("eva")], at=NOW)
    assert [(each.id, each.version) for each in written] == [("luz", 2), ("eva", 1)]
    assert [(await stores.records.read("Patient", name)).version for name in ("ana", "luz", "eva")] == [1, 2, 1]
