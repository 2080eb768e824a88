from __future__ import annotations

import pytest

from corridor.domain.errors import ForbiddenError, GoneError, NotFoundError, UnavailableError
from corridor.domain.principal import Role
from corridor.flows.read_record import ReadDesk, read_record
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient, viral_load
from tests.flows.entries import entries


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> ReadDesk:
    await peru.write("p1", patient())
    await peru.write("o1", viral_load("p1"))
    return ReadDesk(peru.node.records, peru.node.audit, federation.clock)


async def test_who_read_what_of_whom_is_on_record(desk: ReadDesk, peru: FakeCountry) -> None:
    who = asking()
    record = await read_record(who, ("Observation", "o1", None), desk=desk)
    assert (record.id, record.version) == ("o1", 1)
    [fact] = peru.facts
    assert entries([fact]) == [("read", "success", "", ("p1",))]
    assert (fact.resource, fact.agent, fact.role) == ("Observation/o1", who.principal.pseudonym, "clinician")
    assert (fact.trace, fact.request_id, fact.at) == (who.trace, who.request_id, desk.clock.now())
    assert who.principal.account not in repr(fact)


async def test_a_past_version_can_be_read(desk: ReadDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient(given="Yusneidi"))
    past = await read_record(asking(), ("Patient", "p1", 1), desk=desk)
    assert past.version == 1
    assert past.body
    assert b"Carolina" in past.body
    assert (await read_record(asking(), ("Patient", "p1", None), desk=desk)).version == 2


@pytest.mark.parametrize("wanted", [("Patient", "nobody", None), ("Patient", "p1", 7)])
async def test_looking_for_what_is_not_there_is_on_record(
    desk: ReadDesk, peru: FakeCountry, wanted: tuple[str, str, int | None]
) -> None:
    with pytest.raises(NotFoundError):
        await read_record(asking(), wanted, desk=desk)
    assert entries(peru.facts) == [("read", "failure", "", ())]


async def test_a_deleted_resource_is_gone(desk: ReadDesk, peru: FakeCountry) -> None:
    async with peru.node.units.begin() as unit:
        await unit.delete("Observation", "o1", at=desk.clock.now())
    with pytest.raises(GoneError):
        await read_record(asking(), ("Observation", "o1", None), desk=desk)
    assert entries(peru.facts) == [("read", "failure", "", ("p1",))]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.COORDINATOR])
async def test_a_refusal_is_on_record_and_says_nothing_of_the_person(
    desk: ReadDesk, peru: FakeCountry, role: Role
) -> None:
    with pytest.raises(ForbiddenError):
        await read_record(asking(role), ("Patient", "p1", None), desk=desk)
    assert entries(peru.facts) == [("read", "failure", "forbidden", ())]


async def test_only_an_auditor_reads_the_audit(desk: ReadDesk, peru: FakeCountry) -> None:
    await read_record(asking(), ("Patient", "p1", None), desk=desk)
    event = await read_record(asking(Role.AUDITOR), ("AuditEvent", f"{0:032x}", None), desk=desk)
    assert event.resource_type == "AuditEvent"
    with pytest.raises(ForbiddenError):
        await read_record(asking(), ("AuditEvent", f"{0:032x}", None), desk=desk)
    assert [reason for _, _, reason, _ in entries(peru.facts)] == ["", "", "forbidden"]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_nothing_is_said_where_it_cannot_be_put_on_record(desk: ReadDesk, peru: FakeCountry, role: Role) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await read_record(asking(role), ("Patient", "p1", None), desk=desk)
