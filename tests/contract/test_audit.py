"""Contract of the port `Audit`, and of audit events as resources."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import orjson
import pytest

from corridor.domain.audit.checkpoint import parse
from corridor.domain.audit.fact import AuditKind
from corridor.domain.audit.proof import verify_consistency
from corridor.domain.errors import InvalidError, UnavailableError
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, fact, organization, query


def root(note: str) -> bytes:
    return parse(note.rpartition("\n\n")[0] + "\n").root


async def ids(stores: Stores, text: str) -> list[str]:
    page = await stores.records.search(query(text))
    return [each.id for each in page.records]


async def test_facts_that_are_appended_together_are_all_in_the_log(stores: Stores) -> None:
    await asyncio.gather(*(stores.audit.append(fact(of=(f"p{n}",))) for n in range(700)))
    assert (await stores.audit.state(0)).size == 700
    assert (await stores.records.search(query("AuditEvent?_count=0"))).total == 700


async def test_the_state_proves_that_the_log_only_grew(stores: Stores) -> None:
    states = []
    for count in (1, 2, 5, 13):
        await asyncio.gather(*(stores.audit.append(fact()) for _ in range(count)))
        states.append(await stores.audit.state(0))
    for old in states:
        new = await stores.audit.state(old.size)
        assert new.note == states[-1].note
        assert verify_consistency((old.size, new.size), (root(old.note), root(new.note)), proof=new.proof)


async def test_a_log_was_never_longer_than_it_is(stores: Stores) -> None:
    await stores.audit.append(fact())
    with pytest.raises(InvalidError):
        await stores.audit.state(2)


async def test_an_empty_log_has_no_state_yet(stores: Stores) -> None:
    with pytest.raises(UnavailableError):
        await stores.audit.state(0)


async def test_a_unit_and_its_facts_are_one(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.write([organization("o1", "Hospital")], at=NOW)
        await unit.audit(fact(AuditKind.CREATE, resource="Organization/o1", of=()))
        await unit.audit(fact(AuditKind.CREATE, resource="Organization/o2", of=()))
    await stores.audit.append(fact())
    assert (await stores.audit.state(0)).size == 3


async def test_an_audit_event_is_read_as_a_resource_with_one_version(stores: Stores) -> None:
    await stores.audit.append(fact())
    [found] = (await stores.records.search(query("AuditEvent?"))).records
    assert await stores.records.read("AuditEvent", found.id) == found
    assert await stores.records.read_version("AuditEvent", found.id, 1) == found
    assert await stores.records.read_version("AuditEvent", found.id, 2) is None
    assert await stores.records.read("AuditEvent", "unknown") is None
    body = orjson.loads(found.body)
    assert (body["resourceType"], body["id"], found.version, found.updated_at) == ("AuditEvent", found.id, 1, NOW)


async def test_audit_events_are_found_by_person_object_kind_and_date(stores: Stores) -> None:
    later = NOW + timedelta(days=1)
    await stores.audit.append(fact(of=("ana",), resource="Patient/ana"))
    await stores.audit.append(fact(AuditKind.UPDATE, of=("ana", "eva"), resource="Observation/v1", at=later))
    await stores.audit.append(fact(AuditKind.SEARCH, of=(), resource="Patient", at=later))
    read, updated, searched = await ids(stores, "AuditEvent?")
    assert await ids(stores, "AuditEvent?patient=ana&_sort=date") == [read, updated]
    assert await ids(stores, "AuditEvent?patient=Patient/eva") == [updated]
    assert await ids(stores, "AuditEvent?entity=Observation/v1") == [updated]
    assert await ids(stores, "AuditEvent?action=R") == [read]
    assert await ids(stores, "AuditEvent?action:not=R&_sort=date") == [updated, searched]
    assert await ids(stores, "AuditEvent?date=ge2026-03-03&_sort=-date") == [searched, updated]
    assert await ids(stores, "AuditEvent?patient:missing=true") == [searched]
    assert await ids(stores, "AuditEvent?outcome:missing=true") == []
    assert await ids(stores, f"AuditEvent?_id={read},{searched}&_sort=date") == [read, searched]
    assert await ids(stores, "AuditEvent?patient=zoe") == []


async def test_audit_events_come_page_by_page_while_the_log_grows(stores: Stores) -> None:
    for minute in range(7):
        await stores.audit.append(fact(at=NOW + timedelta(minutes=minute)))
    everything = await ids(stores, "AuditEvent?_sort=-_lastUpdated")
    asked = query("AuditEvent?_count=3&_sort=-_lastUpdated")
    seen: list[str] = []
    while True:
        page = await stores.records.search(asked)
        seen += [each.id for each in page.records]
        await stores.audit.append(fact(at=NOW + timedelta(hours=1)))
        if not page.after:
            break
        asked = type(asked)(**{name: getattr(asked, name) for name in asked.__slots__} | {"after": page.after})
    assert seen == everything
