from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from corridor.domain.errors import ForbiddenError, InvalidError, UnavailableError
from corridor.domain.principal import Role
from corridor.domain.query import HasCriterion, MissingCriterion, Query
from corridor.domain.record import Record
from corridor.flows.ports.records import Page
from corridor.flows.search_records import SearchDesk, search_records
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient, viral_load
from tests.flows.entries import entries

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VIRAL_LOADS = Query("Observation")


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> SearchDesk:
    for person in ("p2", "p1"):
        await peru.write(person, patient())
        await peru.write(f"{person}-first", viral_load(person))
        await peru.write(f"{person}-second", viral_load(person, on="2025-01-01"))
    return SearchDesk(peru.node.records, peru.node.audit, federation.clock)


async def test_everyone_whose_record_was_found_is_on_record_once(desk: SearchDesk, peru: FakeCountry) -> None:
    page = await search_records(asking(), VIRAL_LOADS, asked="code=20447-9", desk=desk)
    assert len(page.records) == 4
    assert entries(peru.facts) == [("search", "success", "", ("p1", "p2"))]
    assert (peru.facts[0].resource, peru.facts[0].query) == ("Observation", "code=20447-9")


async def test_only_those_on_the_page_are_on_record(desk: SearchDesk, peru: FakeCountry) -> None:
    page = await search_records(asking(), Query("Observation", count=2), asked="", desk=desk)
    assert len(page.records) == 2
    assert peru.facts[0].patient_ids == tuple(sorted({each.patient_id or "" for each in page.records}))


async def test_what_is_sent_along_is_on_record_too_and_only_what_the_role_may_read(
    desk: SearchDesk, peru: FakeCountry
) -> None:
    one = await peru.node.records.read("Patient", "p1")
    event = Record("AuditEvent", "e", 1, NOW, b"{}")

    class Along:
        """Finds nothing, and sends along what another search would have to find."""

        async def search(self, _query: Query) -> Page:
            assert one
            return Page((), 0, "", (one, event))

    page = await search_records(asking(), VIRAL_LOADS, asked="", desk=replace(desk, records=Along()))  # type: ignore[arg-type]  # searching is all that is asked of it
    assert page.included == (one,)
    assert entries(peru.facts) == [("search", "success", "", ("p1",))]


async def test_a_search_that_looks_into_the_audit_is_refused_and_on_record(desk: SearchDesk, peru: FakeCountry) -> None:
    hidden = Query("Patient", (HasCriterion("AuditEvent", "patient", MissingCriterion("action", missing=False)),))
    with pytest.raises(ForbiddenError):
        await search_records(asking(), hidden, asked="_has=x", desk=desk)
    assert entries(peru.facts) == [("search", "failure", "forbidden", ())]


async def test_finding_nothing_is_a_success(desk: SearchDesk, peru: FakeCountry) -> None:
    assert (await search_records(asking(), Query("Condition"), asked="", desk=desk)).records == ()
    assert entries(peru.facts) == [("search", "success", "", ())]


async def test_a_refused_search_is_on_record_and_finds_nobody(desk: SearchDesk, peru: FakeCountry) -> None:
    with pytest.raises(ForbiddenError):
        await search_records(asking(Role.AUDITOR), VIRAL_LOADS, asked="x=1", desk=desk)
    assert entries(peru.facts) == [("search", "failure", "forbidden", ())]
    assert peru.facts[0].query == "x=1"


async def test_an_auditor_searches_the_audit_and_nobody_else_does(desk: SearchDesk) -> None:
    await search_records(asking(), VIRAL_LOADS, asked="", desk=desk)
    page = await search_records(asking(Role.AUDITOR), Query("AuditEvent"), asked="", desk=desk)
    assert [each.resource_type for each in page.records] == ["AuditEvent"]
    with pytest.raises(ForbiddenError):
        await search_records(asking(Role.PROGRAMME), Query("AuditEvent"), asked="", desk=desk)


async def test_a_foreign_cursor_is_refused(desk: SearchDesk) -> None:
    with pytest.raises(InvalidError):
        await search_records(asking(), Query("Observation", after="elsewhere"), asked="", desk=desk)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_nothing_is_found_where_it_cannot_be_put_on_record(
    desk: SearchDesk, peru: FakeCountry, role: Role
) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await search_records(asking(role), VIRAL_LOADS, asked="", desk=desk)
