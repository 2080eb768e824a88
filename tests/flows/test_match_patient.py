from __future__ import annotations

from dataclasses import replace

import pytest

from corridor.domain.errors import ForbiddenError, UnavailableError
from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.principal import Role
from corridor.flows.match_patient import COUNT_MAX, Match, MatchDesk, match_patient
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient
from tests.flows.entries import entries
from tests.flows.shown import HER


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> MatchDesk:
    await peru.write("sister", patient(given="Maryelis Josefina"))
    await peru.write("she", patient())
    await peru.write("stranger", patient(given="Luis Alberto", family="Paz Durán", birth="1980-01-02"))
    return MatchDesk(peru.node.people, peru.node.records, peru.node.audit, federation.clock)


async def matched(
    desk: MatchDesk, asked: Demographics = HER, *, only_certain: bool = False, count: int = 10
) -> tuple[Match, ...]:
    return await match_patient(asking(), asked, only_certain=only_certain, count=count, desk=desk)


async def test_the_surest_comes_first_and_strangers_not_at_all(desk: MatchDesk, peru: FakeCountry) -> None:
    found = await matched(desk)
    assert [(each.record.id, each.grade) for each in found] == [("she", Grade.CERTAIN), ("sister", Grade.POSSIBLE)]
    assert found[0].score > found[1].score
    assert entries(peru.facts) == [("match", "success", "", ("she", "sister"))]
    assert peru.facts[0].resource == "Patient"
    assert "Urdaneta" not in repr(peru.facts)


async def test_only_the_one_who_is_certain(desk: MatchDesk, peru: FakeCountry) -> None:
    assert [each.record.id for each in await matched(desk, only_certain=True)] == ["she"]
    assert entries(peru.facts) == [("match", "success", "", ("she",))]


async def test_where_two_are_certain_nobody_is(desk: MatchDesk, peru: FakeCountry) -> None:
    await peru.write("double", patient())
    assert await matched(desk, only_certain=True) == ()
    assert entries(peru.facts) == [("match", "success", "", ())]


async def test_where_nobody_is_certain_there_is_nobody(desk: MatchDesk) -> None:
    assert await matched(desk, replace(HER, given=("Maryelis",), birth=None), only_certain=True) == ()


@pytest.mark.parametrize(("count", "found"), [(1, 1), (2, 2), (1000, COUNT_MAX)])
async def test_no_more_are_given_than_were_asked_for(
    desk: MatchDesk, peru: FakeCountry, count: int, found: int
) -> None:
    for number in range(COUNT_MAX + 5):
        await peru.write(f"double-{number:02}", patient())
    assert len(await matched(desk, count=count)) == found
    assert len(peru.facts[0].patient_ids) == found


async def test_the_deleted_are_not_found(desk: MatchDesk, peru: FakeCountry) -> None:
    async with peru.node.units.begin() as unit:
        await unit.delete("Patient", "she", at=desk.clock.now())
    assert [each.record.id for each in await matched(desk)] == ["sister"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.COORDINATOR])
async def test_a_refusal_is_on_record_and_finds_nobody(desk: MatchDesk, peru: FakeCountry, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        await match_patient(asking(role), HER, only_certain=False, count=10, desk=desk)
    assert entries(peru.facts) == [("match", "failure", "forbidden", ())]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_nobody_is_found_where_it_cannot_be_put_on_record(desk: MatchDesk, peru: FakeCountry, role: Role) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await match_patient(asking(role), HER, only_certain=False, count=10, desk=desk)
