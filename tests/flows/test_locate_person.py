from __future__ import annotations

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import NotFoundError, UnavailableError
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.flows.locate_person import LocateDesk, locate_person
from tests.fakes.federation import FakeFederation

VE, CO = Country("VE"), Country("CO")


async def located(desk: LocateDesk, of: str = "p1", *, seconds: float = 5) -> dict[Country, str]:
    found = await locate_person(of, purpose=Purpose.TREAT, trace=new_trace(), timeout_seconds=seconds, desk=desk)
    return dict(found)


async def test_every_country_gets_a_handle_and_nothing_tells_which_is_real(migrant: FakeFederation) -> None:
    found = await located(migrant["PE"].locating)
    assert set(found) == {VE, CO}
    assert len({len(handle) for handle in found.values()}) == 1
    real = await migrant.hub.handles.redeem(found[VE], country=VE, at=migrant.clock.now())
    assert real
    assert real.candidates == (migrant["VE"].node.shelf.state.handles["v1"],)
    assert await migrant.hub.handles.redeem(found[CO], country=CO, at=migrant.clock.now()) is None


async def test_only_the_country_that_it_is_sealed_for_can_read_who_is_meant(migrant: FakeFederation) -> None:
    found = await located(migrant["PE"].locating)
    real = await migrant.hub.handles.redeem(found[VE], country=VE, at=migrant.clock.now())
    assert real
    assert b"Urdaneta" not in real.envelope
    described = migrant["VE"].serving.envelopes.open(real.envelope, purpose="TREAT")
    assert " ".join(described.surnames) == "Urdaneta Barboza"


async def test_two_searches_have_nothing_in_common(migrant: FakeFederation) -> None:
    first, second = await located(migrant["PE"].locating), await located(migrant["PE"].locating)
    assert not set(first.values()) & set(second.values())


async def test_any_three_holders_are_enough(migrant: FakeFederation) -> None:
    migrant.holders.away = {1, 4}
    found = await located(migrant["PE"].locating)
    assert await migrant.hub.handles.redeem(found[VE], country=VE, at=migrant.clock.now())


async def test_two_holders_are_too_few(migrant: FakeFederation) -> None:
    migrant.holders.away = {1, 2, 3}
    with pytest.raises(UnavailableError):
        await located(migrant["PE"].locating)
    assert migrant.hub.resolutions.searches == []


async def test_holders_that_hang_are_left_in_time(migrant: FakeFederation) -> None:
    migrant.holders.hangs = True
    with pytest.raises(UnavailableError):
        await located(migrant["PE"].locating, seconds=0.05)


async def test_without_the_hub_nobody_is_found(migrant: FakeFederation) -> None:
    migrant["PE"].register.away = True
    with pytest.raises(UnavailableError):
        await located(migrant["PE"].locating)


async def test_who_is_not_known_here_cannot_be_looked_for(migrant: FakeFederation) -> None:
    asked_before = len(migrant.holders.asked)
    with pytest.raises(NotFoundError):
        await located(migrant["PE"].locating, "nobody")
    assert len(migrant.holders.asked) == asked_before


async def test_of_whom_too_little_is_known_the_search_looks_like_any_other(migrant: FakeFederation) -> None:
    await migrant["PE"].write("p2", {"resourceType": "Patient", "name": [{"family": "Urdaneta"}]})
    found = await located(migrant["PE"].locating, "p2")
    assert set(found) == {VE, CO}
    assert 0 not in migrant.holders.asked
    assert [asker for asker, _, _ in migrant.hub.resolutions.searches] == ["PE"]
