from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import ForbiddenError, UnavailableError
from corridor.domain.principal import Role
from corridor.domain.recall import SHOWN
from corridor.domain.tie import TieState
from corridor.flows.follow_withdrawal import FollowDesk, TakenBack, follow_withdrawal
from corridor.flows.list_recalls import RecallDesk, list_recalls
from corridor.flows.pull_history import pull_history
from corridor.flows.spread_late import spread_late
from corridor.flows.spread_withdrawal import spread_withdrawal
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from tests.fakes.federation import FakeFederation, asking

VE, CO, PE = Country("VE"), Country("CO"), Country("PE")


@pytest.fixture
async def pulled(migrant: FakeFederation) -> FakeFederation:
    """A clinician in Lima heard of somebody from Caracas."""
    await migrant["PE"].keep(migrant.consent(), of="p1")
    await pull_history(asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=migrant["PE"].pulling)
    migrant.clock.advance(minutes=1)
    return migrant


def recalling(federation: FakeFederation) -> RecallDesk:
    return RecallDesk(federation["PE"].node.units, federation.clock)


async def withdraw(federation: FakeFederation) -> None:
    await withdraw_consent(asking(), "p1", desk=WithdrawDesk(federation["PE"].node.units, federation.clock))


async def state(federation: FakeFederation, code: str, patient_id: str) -> TakenBack | None:
    country = federation[code]
    desk = FollowDesk(country.node.units, country.node.outbox, country.peers.countries)
    return await follow_withdrawal(patient_id, desk=desk)


async def test_who_pulled_is_told_what_not_to_use_any_more_and_nobody_else_is(pulled: FakeFederation) -> None:
    assert await list_recalls(asking(), desk=recalling(pulled)) == ()
    await withdraw(pulled)
    [notice] = await list_recalls(asking(), desk=recalling(pulled))
    assert (notice.patient_id, notice.country, notice.why, notice.flow.kind) == ("p1", VE, "withdrawn", "received")
    assert notice.flow.number > 0
    other = asking()
    other = replace(other, principal=replace(other.principal, pseudonym="f" * 32))
    assert await list_recalls(other, desk=recalling(pulled)) == ()
    pulled.clock.advance(days=SHOWN.days + 1)
    assert await list_recalls(asking(), desk=recalling(pulled)) == ()


async def test_what_was_pulled_after_a_new_consent_is_not_recalled(pulled: FakeFederation) -> None:
    await withdraw(pulled)
    pulled.clock.advance(minutes=1)
    await pulled["PE"].keep(pulled.consent("again", days_ago=0), of="p1")
    await pull_history(asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=pulled["PE"].pulling)
    assert len(await list_recalls(asking(), desk=recalling(pulled))) == 1


async def test_what_came_under_a_false_tie_is_recalled_as_such(pulled: FakeFederation) -> None:
    async with pulled["PE"].node.units.begin() as unit:
        [tie] = await unit.ties.of("p1")
        await unit.ties.keep(replace(tie, state=TieState.UNDONE, changed_at=pulled.clock.now()))
    [notice] = await list_recalls(asking(), desk=recalling(pulled))
    assert notice.why == "false-tie"


async def test_only_who_pulls_sees_notices(pulled: FakeFederation) -> None:
    with pytest.raises(ForbiddenError):
        await list_recalls(asking(Role.AUDITOR), desk=recalling(pulled))
    assert pulled["PE"].facts[-1].reason == "forbidden"


async def test_the_person_sees_who_knows_and_what_was_given_before(pulled: FakeFederation) -> None:
    assert await state(pulled, "PE", "p1") is None
    at = pulled.clock.now()
    await withdraw(pulled)
    before = await state(pulled, "PE", "p1")
    assert before is not None
    assert (before.at, before.untold) == (at, (CO, VE))
    pulled["PE"].peers.failing = {VE: UnavailableError("Down.")}
    await spread_withdrawal(desk=pulled["PE"].spreading)
    some = await state(pulled, "PE", "p1")
    assert some is not None
    assert some.untold == (VE,)
    assert [(each.country, each.flow.kind) for each in some.given] == [(VE, "received")]
    pulled["PE"].peers.failing = {}
    pulled.clock.advance(seconds=timedelta(minutes=2).total_seconds())
    await spread_late(desk=pulled["PE"].spreading)
    everyone = await state(pulled, "PE", "p1")
    assert everyone is not None
    assert everyone.untold == ()
    there = await state(pulled, "VE", "v1")
    assert there is not None
    assert [(each.country, each.flow.kind) for each in there.given] == [(PE, "told")]
