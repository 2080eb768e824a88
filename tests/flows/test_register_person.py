from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corridor.domain.errors import InvalidError
from corridor.domain.matching_request import PersonEntry
from corridor.flows.register_person import BATCH, register_person
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.hub import FakeRegister
from tests.fakes.resources import Resource, patient
from tests.flows.entries import entries, waiting


def registered(federation: FakeFederation, code: str = "PE") -> set[bytes]:
    return {handle for country, handle in federation.hub.persons.entries if country == code}


async def test_a_person_is_registered_as_tokens_and_the_promise_is_kept(
    federation: FakeFederation, peru: FakeCountry
) -> None:
    await peru.write("p1", patient())
    assert await register_person(desk=peru.registering) == 1
    [entry] = [each for _, each in federation.hub.persons.entries.values()]
    assert entry.handle == peru.node.shelf.state.handles["p1"]
    assert entry.tokens
    assert entry.flags[:4] == (2, 2, 3, 0)
    assert waiting(peru.node, "register") == []
    assert entries(peru.facts) == [("register", "success", "", ("p1",))]


async def test_nothing_is_done_where_nothing_waits(federation: FakeFederation, peru: FakeCountry) -> None:
    assert await register_person(desk=peru.registering) == 0
    assert peru.facts == []
    assert federation.holders.asked == []


async def test_a_deleted_person_is_forgotten_by_the_hub(federation: FakeFederation, peru: FakeCountry) -> None:
    await peru.admit("p1", patient())
    async with peru.node.units.begin() as unit:
        await unit.delete("Patient", "p1", at=federation.clock.now())
    await register_person(desk=peru.registering)
    assert registered(federation) == set()


async def test_a_person_written_again_keeps_the_handle(federation: FakeFederation, peru: FakeCountry) -> None:
    await peru.admit("p1", patient())
    before = registered(federation)
    await peru.admit("p1", patient(given="Yusneidi"))
    assert registered(federation) == before


async def test_no_more_than_a_batch_is_taken_up_at_once(peru: FakeCountry) -> None:
    for number in range(BATCH + 2):
        await peru.write(f"p{number}", patient())
    assert [await register_person(desk=peru.registering) for _ in range(3)] == [BATCH, 2, 0]


async def test_a_hub_that_is_away_loses_nobody(federation: FakeFederation, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    await peru.write("p2", patient())
    peru.register.away = True
    assert await register_person(desk=peru.registering) == 2
    assert await register_person(desk=peru.registering) == 0
    assert sorted(waiting(peru.node, "register")) == ["p1", "p2"]
    assert peru.facts == []
    peru.register.away = False
    federation.clock.advance(seconds=1)
    assert await register_person(desk=peru.registering) == 2
    assert len(registered(federation)) == 2


async def test_pauses_grow_to_five_minutes(federation: FakeFederation, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    federation.holders.away = {1, 2, 3}
    pauses = []
    for _ in range(12):
        await register_person(desk=peru.registering)
        [(due, _)] = [each for each in peru.node.shelf.state.outbox if each[1].kind == "register"]
        assert due
        pauses.append((due - federation.clock.now()).total_seconds())
        federation.clock.at = due
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 300


@pytest.mark.parametrize("resource", [{"resourceType": "Patient", "name": [{"family": "Urdaneta"}]}])
async def test_of_whom_too_little_is_known_a_person_is_registered_without_tokens(
    federation: FakeFederation, peru: FakeCountry, resource: Resource
) -> None:
    await peru.write("p1", resource)
    await register_person(desk=peru.registering)
    assert [each.tokens for _, each in federation.hub.persons.entries.values()] == [()]
    assert federation.holders.asked == []
    assert waiting(peru.node, "register") == []


class Picky(FakeRegister):
    """A hub that refuses one person, and every request that this person is in."""

    refused = b""

    async def register(self, epoch: int, persons: Sequence[PersonEntry]) -> None:
        if self.refused in {each.handle for each in persons}:
            raise InvalidError("Not this one.")
        await super().register(epoch, persons)


async def test_one_person_who_is_refused_holds_up_nobody_else(federation: FakeFederation, peru: FakeCountry) -> None:
    for id in ("p1", "p2", "p3"):  # noqa: A001  # FHIR's word
        await peru.write(id, patient())
    picky = Picky(peru.home, federation.hub)
    picky.refused = await peru.node.people.handle("p2")
    assert (
        await register_person(desk=replace(peru.registering, telling=replace(peru.registering.telling, register=picky)))
        == 3
    )
    assert waiting(peru.node, "register") == ["p2"]
    assert len(registered(federation)) == 2
    assert [patients for _, _, _, patients in entries(peru.facts)] == [("p1",), ("p3",)]


async def test_where_it_cannot_be_put_on_record_it_is_done_again(federation: FakeFederation, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    peru.node.shelf.broken = True
    await register_person(desk=peru.registering)
    peru.node.shelf.broken = False
    assert waiting(peru.node, "register") == ["p1"]
    federation.clock.advance(seconds=1)
    await register_person(desk=peru.registering)
    assert entries(peru.facts) == [("register", "success", "", ("p1",))]
    assert len(registered(federation)) == 1
