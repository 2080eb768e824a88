from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from corridor.domain.consent import SKEW, Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, SignatureError, UnavailableError
from corridor.domain.purpose import Purpose
from corridor.flows.accept_withdrawal import accept_withdrawal
from corridor.flows.ports.peers import HistoryRequest
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.hub import standing_for
from tests.flows.entries import entries
from tests.flows.shown import HER, Asked

PE, VE = Country("PE"), Country("VE")


def request(federation: FakeFederation, *, at: datetime | None = None, signer: str = "PE") -> HistoryRequest:
    asked = Asked(federation, None, purpose=Purpose.PATRQT, sealed_for=Purpose.PATRQT).request()
    withdrawal = Withdrawal(at or federation.clock.now())
    statement = federation.statements(signer).write_withdrawal(withdrawal, handle=asked.handle)
    return replace(asked, statement=statement)


async def kept(venezuela: FakeCountry) -> tuple[Withdrawal, ...]:
    async with venezuela.node.units.begin() as unit:
        return await unit.withdrawals("v1")


async def test_a_withdrawal_made_abroad_is_kept_to_the_instant_and_on_record(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    at = migrant.clock.now() - timedelta(seconds=5, microseconds=7)
    asked = request(migrant, at=at)
    await accept_withdrawal(PE, asked, desk=venezuela.serving)
    assert await kept(venezuela) == (Withdrawal(at),)
    [fact] = venezuela.facts
    assert entries([fact]) == [("withdraw", "success", "", ("v1",))]
    assert (fact.asker, fact.holder, fact.trace, fact.purpose) == (PE, VE, asked.trace, "PATRQT")


async def test_told_twice_it_is_kept_once(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    at = migrant.clock.now()
    for _ in range(2):
        await accept_withdrawal(PE, request(migrant, at=at), desk=venezuela.serving)
    assert await kept(venezuela) == (Withdrawal(at),)


async def test_a_stranger_is_answered_alike_and_nothing_is_kept(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    decoy = migrant.hub.handles.issue(VE, standing_for(None), until=migrant.clock.now() + timedelta(minutes=2))
    statement = migrant.statements("PE").write_withdrawal(Withdrawal(migrant.clock.now()), handle=decoy)
    asked = replace(request(migrant), handle=decoy, statement=statement)
    assert await accept_withdrawal(PE, asked, desk=venezuela.serving) is None  # type: ignore[func-returns-value]  # that nothing is told is the point
    assert entries(venezuela.facts) == [("withdraw", "failure", "unknown-person", ())]
    assert await kept(venezuela) == ()


async def test_in_doubt_nobodys_consent_is_taken_back(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    sister = replace(HER, given=("Maryelis", "Josefina"))
    asked = Asked(migrant, None, described=sister, purpose=Purpose.PATRQT, sealed_for=Purpose.PATRQT).request()
    statement = migrant.statements("PE").write_withdrawal(Withdrawal(migrant.clock.now()), handle=asked.handle)
    await accept_withdrawal(PE, replace(asked, statement=statement), desk=venezuela.serving)
    assert entries(venezuela.facts) == [("withdraw", "failure", "unknown-person", ())]
    assert await kept(venezuela) == ()


async def test_no_country_takes_back_what_is_still_to_be_given(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    far = migrant.clock.now() + timedelta(days=36_500)
    await accept_withdrawal(PE, request(migrant, at=far), desk=venezuela.serving)
    assert await kept(venezuela) == (Withdrawal(migrant.clock.now() + SKEW),)


@pytest.mark.parametrize("signer", ["VE", "CO"])
async def test_only_the_country_that_tells_may_have_signed(
    migrant: FakeFederation, venezuela: FakeCountry, signer: str
) -> None:
    with pytest.raises(SignatureError):
        await accept_withdrawal(PE, request(migrant, signer=signer), desk=venezuela.serving)
    assert await kept(venezuela) == ()


async def test_a_withdrawal_for_another_handle_is_refused(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    asked = replace(request(migrant), statement=request(migrant).statement)
    with pytest.raises(SignatureError):
        await accept_withdrawal(PE, asked, desk=venezuela.serving)
    assert await kept(venezuela) == ()


async def test_a_consent_is_no_withdrawal(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    asked = Asked(migrant, migrant.consent(), purpose=Purpose.PATRQT, sealed_for=Purpose.PATRQT).request()
    with pytest.raises(CorridorError):
        await accept_withdrawal(PE, asked, desk=venezuela.serving)
    assert await kept(venezuela) == ()


@pytest.mark.parametrize("away", ["hub", "log"])
async def test_what_cannot_be_kept_now_is_told_again(
    migrant: FakeFederation, venezuela: FakeCountry, away: str
) -> None:
    asked = request(migrant)
    venezuela.register.away = away == "hub"
    venezuela.node.shelf.broken = away == "log"
    with pytest.raises(UnavailableError):
        await accept_withdrawal(PE, asked, desk=venezuela.serving)
    venezuela.node.shelf.broken = False
    assert await kept(venezuela) == ()
