from __future__ import annotations

import pytest

from corridor.domain.consent import Withdrawal
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError, UnavailableError
from corridor.domain.principal import Role
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient
from tests.flows.entries import entries, waiting


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> WithdrawDesk:
    await peru.write("p1", patient())
    return WithdrawDesk(peru.node.units, federation.clock)


async def kept(peru: FakeCountry) -> tuple[Withdrawal, ...]:
    async with peru.node.units.begin() as unit:
        return await unit.withdrawals("p1")


async def test_a_withdrawal_is_kept_promised_to_the_others_and_on_record(desk: WithdrawDesk, peru: FakeCountry) -> None:
    at = await withdraw_consent(asking(), "p1", desk=desk)
    assert at == desk.clock.now()
    assert await kept(peru) == (Withdrawal(at),)
    assert waiting(peru.node, "withdraw") == ["p1"]
    assert entries(peru.facts) == [("withdraw", "success", "", ("p1",))]


async def test_a_later_withdrawal_replaces_the_promise_and_not_the_earlier_one(
    desk: WithdrawDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    first = await withdraw_consent(asking(), "p1", desk=desk)
    federation.clock.advance(minutes=5)
    second = await withdraw_consent(asking(), "p1", desk=desk)
    assert await kept(peru) == (Withdrawal(first), Withdrawal(second))
    assert waiting(peru.node, "withdraw") == ["p1"]


@pytest.mark.parametrize(
    ("role", "patient_id", "error", "reason"),
    [
        (Role.AUDITOR, "p1", ForbiddenError, "forbidden"),
        (Role.OPERATOR, "p1", ForbiddenError, "forbidden"),
        (Role.CLINICIAN, "nobody", NotFoundError, "unknown-person"),
    ],
)
async def test_a_refusal_is_on_record_and_changes_nothing(
    desk: WithdrawDesk, peru: FakeCountry, role: Role, patient_id: str, error: type[CorridorError], reason: str
) -> None:
    with pytest.raises(error):
        await withdraw_consent(asking(role), patient_id, desk=desk)
    assert entries(peru.facts) == [("withdraw", "failure", reason, (patient_id,))]
    assert await kept(peru) == ()
    assert waiting(peru.node, "withdraw") == []


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_what_cannot_be_put_on_record_is_not_said_to_be_done(
    desk: WithdrawDesk, peru: FakeCountry, role: Role
) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await withdraw_consent(asking(role), "p1", desk=desk)
    peru.node.shelf.broken = False
    assert await kept(peru) == ()
