from __future__ import annotations

import pytest

from corridor.domain.audit.fact import AuditKind, AuditOutcome
from corridor.domain.errors import LoginError, ThrottledError
from corridor.domain.principal import Role
from corridor.flows.sign_in import ATTEMPTS_PER_HOUR, LENGTH, SignInDesk, sign_in
from tests.fakes.federation import FakeCountry, FakeFederation


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> SignInDesk:
    await peru.node.accounts.create("rosa", "an invented password", Role.CLINICIAN)
    node = peru.node
    return SignInDesk(node.accounts, node.sessions, node.budgets, federation.clock, node.audit)


async def test_who_signed_in_and_who_tried_is_on_record_without_a_name(desk: SignInDesk, peru: FakeCountry) -> None:
    await sign_in("rosa", "an invented password", desk=desk)
    with pytest.raises(LoginError):
        await sign_in("a password typed as a name", "wrong", desk=desk)
    good, bad = [fact for fact in peru.facts if fact.kind is AuditKind.LOGIN]
    assert (good.outcome, good.role) == (AuditOutcome.SUCCESS, "clinician")
    assert (bad.outcome, bad.agent, bad.reason) == (AuditOutcome.FAILURE, "unknown", "login-refused")


async def test_the_right_password_opens_a_working_day(desk: SignInDesk) -> None:
    token = await sign_in("rosa", "an invented password", desk=desk)
    now = desk.clock.now()
    for part in range(19):
        who = await desk.sessions.who(token, at=now + part * LENGTH / 19)
        assert who
        assert (who.account, who.role) == ("rosa", Role.CLINICIAN)
    assert await desk.sessions.who(token, at=now + LENGTH) is None


async def test_no_two_sign_ins_share_a_token(desk: SignInDesk) -> None:
    tokens = {await sign_in("rosa", "an invented password", desk=desk) for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize(("account", "password"), [("rosa", "wrong"), ("nobody", "an invented password"), ("", "")])
async def test_which_of_name_and_password_was_wrong_is_not_told(desk: SignInDesk, account: str, password: str) -> None:
    with pytest.raises(LoginError) as refused:
        await sign_in(account, password, desk=desk)
    assert refused.value.message == "The name or the password is wrong."


async def test_guessing_is_stopped_even_with_the_right_password_until_the_hour_ends(
    desk: SignInDesk, federation: FakeFederation
) -> None:
    for _ in range(ATTEMPTS_PER_HOUR):
        with pytest.raises(LoginError):
            await sign_in("rosa", "guess", desk=desk)
    with pytest.raises(ThrottledError):
        await sign_in("rosa", "an invented password", desk=desk)
    federation.clock.advance(hours=1)
    assert await sign_in("rosa", "an invented password", desk=desk)


async def test_guessing_at_one_name_stops_nobody_else(desk: SignInDesk) -> None:
    for _ in range(ATTEMPTS_PER_HOUR + 1):
        with pytest.raises((LoginError, ThrottledError)):
            await sign_in("admin", "guess", desk=desk)
    assert await sign_in("rosa", "an invented password", desk=desk)
