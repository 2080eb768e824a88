from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from corridor.domain.consent import Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, ForbiddenError, MalformedError, ThrottledError, UnavailableError
from corridor.flows.pull_history import pull_history
from corridor.flows.serve_history import serve_history
from corridor.flows.spread_late import spread_late
from corridor.flows.spread_withdrawal import spread_withdrawal
from corridor.flows.take_back_consents import take_back_consents
from corridor.flows.tell_missed import MISSED_PER_HOUR, tell_missed
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.node import FakeNode
from tests.fakes.resources import patient
from tests.flows.entries import entries, waiting
from tests.flows.shown import Asked

VE, CO = Country("VE"), Country("CO")
DONE = ("withdraw", "success", "", ("p1",))
SILENT = ("withdraw", "failure", "not-acknowledged", ("p1",))


@pytest.fixture
async def withdrawn(migrant: FakeFederation) -> FakeFederation:
    """The person took everything back in Peru, and nobody else was told yet."""
    peru = migrant["PE"]
    await withdraw_consent(asking(), "p1", desk=WithdrawDesk(peru.node.units, migrant.clock))
    peru.facts.clear()
    return migrant


async def kept(country: FakeCountry, patient_id: str) -> int:
    async with country.node.units.begin() as unit:
        return len(await unit.withdrawals(patient_id))


async def test_every_country_is_told_and_only_who_knows_the_person_keeps_it(withdrawn: FakeFederation) -> None:
    assert await spread_withdrawal(desk=withdrawn["PE"].spreading) == 1
    assert await kept(withdrawn["VE"], "v1") == 1
    assert await kept(withdrawn["CO"], "c1") == 0
    assert [country for country, _ in withdrawn["PE"].peers.heard] == [CO, VE]
    assert waiting(withdrawn["PE"].node, "withdraw") == []


async def test_all_three_have_it_on_record_under_one_trace(withdrawn: FakeFederation) -> None:
    await spread_withdrawal(desk=withdrawn["PE"].spreading)
    facts = [fact for code in ("PE", "VE", "CO") for fact in withdrawn[code].facts]
    assert entries(facts) == [
        DONE,
        DONE,
        ("withdraw", "success", "", ("v1",)),
        ("withdraw", "failure", "unknown-person", ()),
    ]
    assert [fact.holder for fact in withdrawn["PE"].facts] == [CO, VE]
    assert len({fact.trace.trace_id for fact in facts}) == 1
    assert {fact.purpose for fact in facts} == {"PATRQT"}


async def test_after_it_the_next_pull_from_anywhere_is_refused_abroad(withdrawn: FakeFederation) -> None:
    colombia = withdrawn["CO"]
    await colombia.admit("c2", patient())
    await colombia.keep(withdrawn.consent(), of="c2")
    await spread_withdrawal(desk=withdrawn["PE"].spreading)
    colombia.facts.clear()
    withdrawn["VE"].facts.clear()
    async with colombia.node.units.begin() as unit:
        assert await unit.withdrawals("c2")
    colombia.node.shelf.state.withdrawals.clear()
    history = await pull_history(asking(), "c2", purpose_code="TREAT", deadline_seconds=5, desk=colombia.pulling)
    assert [each.entries for each in history.answers] == [(), ()]
    assert entries(withdrawn["VE"].facts) == [("refuse", "failure", "withdrawn", ("v1",))]


@pytest.mark.parametrize("error", [UnavailableError("Down."), MalformedError("Garbage."), ForbiddenError("No.")])
async def test_whoever_did_not_keep_it_is_told_again_until_everyone_has(
    withdrawn: FakeFederation, error: CorridorError
) -> None:
    peru = withdrawn["PE"]
    peru.peers.failing = {VE: error}
    assert await spread_withdrawal(desk=peru.spreading) == 1
    assert await spread_withdrawal(desk=peru.spreading) == 0
    assert waiting(peru.node, "withdraw-late") == ["VE/p1"]
    assert await spread_late(desk=peru.spreading) == 1
    assert await spread_late(desk=peru.spreading) == 0
    assert waiting(peru.node, "withdraw-late") == ["VE/p1"]
    assert entries(peru.facts) == [DONE, SILENT, SILENT]
    assert [fact.holder for fact in peru.facts] == [CO, VE, VE]
    peru.peers.failing = {}
    withdrawn.clock.advance(seconds=2)
    await spread_late(desk=peru.spreading)
    assert waiting(peru.node, "withdraw-late") == []
    assert await kept(withdrawn["VE"], "v1") == 1
    withdrawn.clock.advance(hours=1)
    assert await spread_late(desk=peru.spreading) == 0


async def test_a_country_that_got_no_handle_still_has_to_be_told(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    peru.register.leaves_out = {VE}
    await spread_withdrawal(desk=peru.spreading)
    assert [country for country, _ in peru.peers.heard] == [CO]
    assert entries(peru.facts) == [DONE, SILENT]
    assert waiting(peru.node, "withdraw-late") == ["VE/p1"]


@pytest.mark.parametrize("away", ["hub", "holders"])
async def test_where_nobody_can_be_found_it_waits(withdrawn: FakeFederation, away: str) -> None:
    withdrawn["PE"].register.away = away == "hub"
    withdrawn.holders.away = {1, 2, 3} if away == "holders" else set()
    await spread_withdrawal(desk=withdrawn["PE"].spreading)
    assert waiting(withdrawn["PE"].node, "withdraw") == ["p1"]
    assert withdrawn["PE"].peers.heard == []


async def test_a_holder_that_cannot_write_its_log_is_told_again(withdrawn: FakeFederation) -> None:
    withdrawn["VE"].node.shelf.broken = True
    await spread_withdrawal(desk=withdrawn["PE"].spreading)
    withdrawn["VE"].node.shelf.broken = False
    assert waiting(withdrawn["PE"].node, "withdraw-late") == ["VE/p1"]
    assert await kept(withdrawn["VE"], "v1") == 0


async def test_where_it_cannot_be_put_on_record_here_it_is_told_again(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    lost = FakeNode(Country("PE"))
    lost.shelf.broken = True
    assert await spread_withdrawal(desk=replace(peru.spreading, units=lost.units)) == 1
    assert waiting(peru.node, "withdraw") == ["p1"]


async def test_a_country_that_comes_back_is_told_at_once_of_what_waits_for_it(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    peru.peers.failing = {VE: UnavailableError("Down."), CO: UnavailableError("Down.")}
    await spread_withdrawal(desk=peru.spreading)
    for _ in range(6):
        withdrawn.clock.advance(minutes=5)
        await spread_late(desk=peru.spreading)
    peru.peers.failing = {}
    assert await spread_late(desk=peru.spreading) == 0  # its pause is not over
    assert await tell_missed(VE, tell=False, desk=peru.spreading) == 1
    assert await tell_missed(VE, tell=True, desk=peru.spreading) == 0
    assert waiting(peru.node, "withdraw-late") == ["CO/p1"]
    assert await kept(withdrawn["VE"], "v1") == 1


async def test_a_country_that_comes_back_hears_what_nobody_was_told_yet(withdrawn: FakeFederation) -> None:
    spreading = withdrawn["PE"].spreading
    assert await tell_missed(VE, tell=False, desk=spreading) == 1
    assert await kept(withdrawn["VE"], "v1") == 0
    assert await tell_missed(VE, tell=True, desk=spreading) == 0
    assert await kept(withdrawn["VE"], "v1") == 1


async def test_who_keeps_nothing_of_what_it_is_told_has_people_looked_for_no_more_than_so_often(
    withdrawn: FakeFederation,
) -> None:
    peru = withdrawn["PE"]
    peru.peers.failing = {VE: UnavailableError("Down.")}
    await peru.node.budgets.spend("missed/VE", MISSED_PER_HOUR, limit=MISSED_PER_HOUR, at=withdrawn.clock.now())
    with pytest.raises(ThrottledError):
        await tell_missed(VE, tell=True, desk=peru.spreading)
    assert peru.peers.heard == []


async def test_before_it_answers_a_country_that_was_away_hears_what_it_missed(withdrawn: FakeFederation) -> None:
    venezuela, peru = withdrawn["VE"], withdrawn["PE"]
    asked = Asked(withdrawn, withdrawn.consent()).request()
    venezuela.contacts.missed = partial(tell_missed, VE, tell=True, desk=peru.spreading)
    assert await serve_history(Country("PE"), asked, desk=venezuela.serving) is None
    assert ("refuse", "failure", "withdrawn", ("v1",)) in entries(venezuela.facts)


async def test_the_latest_withdrawal_is_what_others_hear(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    async with peru.node.units.begin() as unit:
        await take_back_consents("p1", withdrawn.clock.now() - timedelta(days=9), unit=unit)
    await spread_withdrawal(desk=peru.spreading)
    async with withdrawn["VE"].node.units.begin() as unit:
        assert await unit.withdrawals("v1") == (Withdrawal(withdrawn.clock.now()),)


async def test_a_person_who_was_deleted_cannot_be_found_and_nothing_waits(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    async with peru.node.units.begin() as unit:
        await unit.delete("Patient", "p1", at=withdrawn.clock.now())
    await spread_withdrawal(desk=peru.spreading)
    assert waiting(peru.node, "withdraw") == []


async def test_one_that_fails_does_not_keep_the_next_from_being_told(withdrawn: FakeFederation) -> None:
    peru = withdrawn["PE"]
    await peru.write("p2", {"resourceType": "Patient", "name": [{"family": "Urdaneta"}]})
    await withdraw_consent(asking(), "p2", desk=WithdrawDesk(peru.node.units, withdrawn.clock))
    peru.peers.failing = {CO: UnavailableError("Down.")}
    assert await spread_withdrawal(desk=peru.spreading) == 2
    assert len(peru.peers.heard) == 4
    assert waiting(peru.node, "withdraw-late") == ["CO/p1", "CO/p2"]
