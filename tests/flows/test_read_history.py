from __future__ import annotations

import pytest

from corridor.domain.errors import ForbiddenError, NotFoundError, UnavailableError
from corridor.domain.principal import Role
from corridor.domain.versions import VersionQuery
from corridor.flows.read_history import HistoryDesk, read_history
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient, viral_load
from tests.flows.entries import entries


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> HistoryDesk:
    await peru.write("p1", patient())
    await peru.write("p2", patient())
    await peru.write("o1", viral_load("p1"))
    await peru.write("p1", patient(given="Yusneidi"))
    return HistoryDesk(peru.node.histories, peru.node.records, peru.node.audit, federation.clock)


@pytest.mark.parametrize(
    ("wanted", "resource", "patients", "versions"),
    [
        (VersionQuery("Patient", "p1"), "Patient/p1", ("p1",), 2),
        (VersionQuery("Patient"), "Patient", ("p1", "p2"), 3),
        (VersionQuery(), "", ("p1", "p2"), 4),
        (VersionQuery(count=0), "", (), 0),
    ],
)
async def test_who_read_whose_history_is_on_record(
    desk: HistoryDesk, peru: FakeCountry, wanted: VersionQuery, resource: str, patients: tuple[str, ...], versions: int
) -> None:
    page = await read_history(asking(), wanted, asked="Patient/_history?_count=1", desk=desk)
    assert len(page.records) == versions
    [fact] = peru.facts
    assert entries([fact]) == [("history", "success", "", patients)]
    assert (fact.resource, fact.query) == (resource, "Patient/_history?_count=1")


async def test_a_history_of_what_never_was_is_on_record(desk: HistoryDesk, peru: FakeCountry) -> None:
    with pytest.raises(NotFoundError):
        await read_history(asking(), VersionQuery("Patient", "nobody"), asked="", desk=desk)
    assert entries(peru.facts) == [("history", "failure", "not-found", ())]


async def test_a_deleted_resource_keeps_its_history(desk: HistoryDesk, peru: FakeCountry) -> None:
    async with peru.node.units.begin() as unit:
        await unit.delete("Patient", "p1", at=desk.clock.now())
    page = await read_history(asking(), VersionQuery("Patient", "p1"), asked="", desk=desk)
    assert [each.body is None for each in page.records] == [True, False, False]


@pytest.mark.parametrize("wanted", [VersionQuery("Patient", "p1"), VersionQuery("Patient"), VersionQuery()])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.COORDINATOR])
async def test_a_refusal_is_on_record_and_says_nothing_of_the_person(
    desk: HistoryDesk, peru: FakeCountry, role: Role, wanted: VersionQuery
) -> None:
    with pytest.raises(ForbiddenError):
        await read_history(asking(role), wanted, asked="", desk=desk)
    assert entries(peru.facts) == [("history", "failure", "forbidden", ())]


async def test_nothing_is_shown_where_it_cannot_be_put_on_record(desk: HistoryDesk, peru: FakeCountry) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await read_history(asking(), VersionQuery(), asked="", desk=desk)
