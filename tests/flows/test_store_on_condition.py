from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from corridor.domain.access import Interaction
from corridor.domain.change import Change
from corridor.domain.errors import ForbiddenError, PreconditionError, UnavailableError
from corridor.domain.principal import Role
from corridor.domain.query import Query, TokenCriterion
from corridor.flows.store_on_condition import Condition, ConditionDesk, Matches, store_on_condition
from corridor.flows.store_records import StoreDesk
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import draft_of, patient
from tests.flows.entries import entries

CREATE, DELETE = Interaction.CREATE, Interaction.DELETE
PROGRAMME = Role.PROGRAMME


@pytest.fixture
def desk(peru: FakeCountry, federation: FakeFederation) -> ConditionDesk:
    return ConditionDesk(StoreDesk(peru.node.units, peru.node.audit, federation.clock), peru.node.records)


def is_there(id: str, needs: Interaction = CREATE) -> Condition:
    criterion = TokenCriterion("_id", ((None, id),))
    return Condition(Query("Patient", (criterion,), (), 2, "", "none"), f"_id={id}", needs)


def creation(id: str) -> Change:
    return Change("Patient", id, draft_of(id, patient()), create=True)


def unless_found(found: Sequence[Matches]) -> Sequence[Change]:
    return [] if found[0] else [creation("p1")]


async def test_what_is_not_there_is_written_and_the_look_is_on_record(desk: ConditionDesk, peru: FakeCountry) -> None:
    [record] = await store_on_condition(
        asking(PROGRAMME), [is_there("p1")], unless_found, desk=desk, interaction=CREATE
    )
    assert record
    assert (record.version, record.created) == (1, True)
    assert sorted(entries(peru.facts)) == [("create", "success", "", ("p1",)), ("search", "success", "", ())]
    assert {fact.query for fact in peru.facts} == {"", "_id=p1"}


async def test_what_is_there_is_found_and_who_it_is_about_is_on_record(desk: ConditionDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    assert (
        await store_on_condition(asking(PROGRAMME), [is_there("p1")], unless_found, desk=desk, interaction=CREATE) == []
    )
    assert entries(peru.facts) == [("search", "success", "", ("p1",))]


async def test_of_a_crowd_one_writes(desk: ConditionDesk, peru: FakeCountry) -> None:
    asks = (
        store_on_condition(asking(PROGRAMME), [is_there("p1")], unless_found, desk=desk, interaction=CREATE)
        for _ in range(20)
    )
    written = await asyncio.gather(*asks)
    assert sorted(len(each) for each in written) == [0] * 19 + [1]
    assert [each.record.version for each in peru.node.shelf.living()] == [1]


async def test_a_look_stays_on_record_where_nothing_is_written(desk: ConditionDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())

    def refuse(_found: Sequence[Matches]) -> Sequence[Change]:
        raise PreconditionError("There are several.")

    def write_and_fail(_found: Sequence[Matches]) -> Sequence[Change]:
        return [creation("p2"), Change("Patient", "p1", draft_of("p1", patient()), if_version=7)]

    for settle in (refuse, write_and_fail):
        peru.facts.clear()
        with pytest.raises(PreconditionError):
            await store_on_condition(asking(PROGRAMME), [is_there("p1")], settle, desk=desk, interaction=CREATE)
        assert entries(peru.facts) == [("search", "success", "", ("p1",))]
        assert [each.record.id for each in peru.node.shelf.living()] == ["p1"]


@pytest.mark.parametrize(("role", "needs"), [(Role.CLINICIAN, DELETE), (Role.AUDITOR, CREATE), (Role.OPERATOR, CREATE)])
async def test_who_may_not_act_does_not_look(
    desk: ConditionDesk, peru: FakeCountry, role: Role, needs: Interaction
) -> None:
    await peru.write("p1", patient())
    with pytest.raises(ForbiddenError):
        await store_on_condition(asking(role), [is_there("p1", needs)], unless_found, desk=desk, interaction=needs)
    assert entries(peru.facts) == [("search", "failure", "forbidden", ())]


async def test_a_change_that_the_role_may_not_make_is_refused_with_the_look_on_record(
    desk: ConditionDesk, peru: FakeCountry
) -> None:
    await peru.write("p1", patient())
    with pytest.raises(ForbiddenError):
        await store_on_condition(
            asking(Role.CLINICIAN),
            [is_there("p1")],
            lambda _found: [Change("Patient", "p1", None)],
            desk=desk,
            interaction=Interaction.TRANSACTION,
        )
    assert entries(peru.facts) == [("search", "success", "", ("p1",)), ("delete", "failure", "forbidden", ())]
    assert [each.record.version for each in peru.node.shelf.living()] == [1]


async def test_nothing_is_said_where_the_look_cannot_be_put_on_record(desk: ConditionDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await store_on_condition(asking(PROGRAMME), [is_there("p1")], unless_found, desk=desk, interaction=CREATE)
