from __future__ import annotations

import pytest

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import ConflictError, CorridorError, UnavailableError
from corridor.flows.report_exchange import BATCH, ReportDesk, report_exchange
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient
from tests.flows.entries import waiting

PE, VE = Country("PE"), Country("VE")


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> ReportDesk:
    await peru.write("p1", patient())
    await withdraw_consent(asking(), "p1", desk=WithdrawDesk(peru.node.units, federation.clock))
    return ReportDesk(peru.node.outbox, peru.node.audit, peru.register, federation.clock)


async def exchanges(peru: FakeCountry, federation: FakeFederation, many: int = 1) -> None:
    now = federation.clock.now()
    async with peru.node.units.begin() as unit:
        for _ in range(many):
            await unit.report(line((PE, VE), reporter=PE, purpose="TREAT", decision=Decision.ASKED, at=now))


async def test_what_waits_is_told_with_the_state_of_the_log(
    desk: ReportDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    await exchanges(peru, federation, 2)
    assert await report_exchange(desk=desk) == 2
    assert len(federation.hub.lines) == 2
    assert federation.hub.sizes == {PE: 1}
    assert waiting(peru.node, "report") == []


async def test_what_is_told_has_no_minute_and_nobody_in_it(
    desk: ReportDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    await exchanges(peru, federation)
    await report_exchange(desk=desk)
    [told] = federation.hub.lines.values()
    assert (told.hour.minute, told.asker, told.holder, told.purpose) == (0, PE, VE, "TREAT")
    assert b"p1" not in told.to_json().replace(told.id.encode(), b"")


async def test_nothing_is_told_where_nothing_waits(desk: ReportDesk, federation: FakeFederation) -> None:
    assert await report_exchange(desk=desk) == 0
    assert federation.hub.sizes == {}


async def test_an_idle_node_still_shows_that_its_log_only_grew(desk: ReportDesk, federation: FakeFederation) -> None:
    assert await report_exchange(desk=desk, idle=True) == 0
    assert federation.hub.sizes == {PE: 1}


async def test_a_report_whose_answer_was_lost_counts_once(
    desk: ReportDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    await exchanges(peru, federation)
    peru.register.forgets_to_answer = True
    await report_exchange(desk=desk)
    assert len(waiting(peru.node, "report")) == 1
    peru.register.forgets_to_answer = False
    federation.clock.advance(seconds=1)
    assert await report_exchange(desk=desk) == 1
    assert len(federation.hub.lines) == 1
    assert waiting(peru.node, "report") == []


@pytest.mark.parametrize("error", [UnavailableError("Down."), ConflictError("Another size.")])
async def test_a_hub_that_does_not_take_it_is_told_again_later(
    desk: ReportDesk, peru: FakeCountry, federation: FakeFederation, error: CorridorError
) -> None:
    await exchanges(peru, federation)
    peru.register.refusal = error
    assert [await report_exchange(desk=desk) for _ in range(2)] == [1, 0]
    peru.register.refusal = None
    federation.clock.advance(seconds=1)
    assert await report_exchange(desk=desk) == 1
    assert len(federation.hub.lines) == 1


async def test_a_hub_that_saw_a_longer_log_does_not_stop_the_node(
    desk: ReportDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    await exchanges(peru, federation)
    peru.facts.clear()
    assert await report_exchange(desk=desk) == 1
    assert len(waiting(peru.node, "report")) == 1


async def test_a_batch_is_told_at_once(desk: ReportDesk, peru: FakeCountry, federation: FakeFederation) -> None:
    await exchanges(peru, federation, BATCH + 1)
    assert [await report_exchange(desk=desk) for _ in range(3)] == [BATCH, 1, 0]
    assert len(federation.hub.lines) == BATCH + 1
