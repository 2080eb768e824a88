"""Contract of the ports `Accounts`, `Sessions`, `Nonces` and `Budgets`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256

import pytest

from corridor.domain.errors import ConflictError, ThrottledError
from corridor.domain.principal import Principal, Role
from corridor.flows.ports.sessions import Sessions
from corridor.storage.database import Database
from corridor.storage.node import tables
from corridor.storage.sessions import IDLE, SqlSessions
from tests.contract.conftest import Stores
from tests.contract.samples import NOW

UNTIL = NOW + timedelta(hours=8)
SECOND = timedelta(seconds=1)

Another = Callable[[], Sessions]


@pytest.fixture
async def another_process(stores: Stores, stores_url: str) -> AsyncIterator[Another]:
    """The same sign-ins, each time with nothing remembered."""
    if not stores_url:
        yield lambda: stores.sessions
        return
    database = Database(stores_url)
    yield lambda: SqlSessions(database, tables.session)
    await database.close()


async def test_the_right_password_tells_who_it_is(stores: Stores) -> None:
    created = await stores.accounts.create("rosa", "una clave larga", Role.CLINICIAN)
    assert await stores.accounts.verify("rosa", "una clave larga") == created
    assert (created.account, created.role, len(created.pseudonym)) == ("rosa", Role.CLINICIAN, 32)
    assert await stores.accounts.verify("rosa", "otra clave") is None
    assert await stores.accounts.verify("nadie", "una clave larga") is None
    assert await stores.accounts.verify("ro\x00sa", "una clave larga") is None


async def test_a_name_is_given_once(stores: Stores) -> None:
    await stores.accounts.create("rosa", "una clave larga", Role.CLINICIAN)
    with pytest.raises(ConflictError):
        await stores.accounts.create("rosa", "otra", Role.AUDITOR)
    assert await stores.accounts.verify("rosa", "una clave larga") is not None


async def test_a_token_stands_for_its_sign_in_until_it_ends(stores: Stores) -> None:
    principal = Principal("rosa", Role.PROGRAMME, "0" * 32)
    token = await stores.sessions.open(principal, at=NOW, until=UNTIL)
    assert len(token) >= 43
    assert await stores.sessions.who(token, at=NOW) == principal
    assert await stores.sessions.who(token, at=UNTIL) is None
    assert await stores.sessions.who(token + "x", at=NOW) is None
    assert await stores.sessions.who("\udce4", at=NOW) is None


async def test_a_closed_sign_in_is_over(stores: Stores) -> None:
    principal = Principal("rosa", Role.PROGRAMME, "0" * 32)
    token, other = [await stores.sessions.open(principal, at=NOW, until=UNTIL) for _ in range(2)]
    assert await stores.sessions.who(token, at=NOW) == principal
    await stores.sessions.close(token)
    await stores.sessions.close("unknown")
    assert await stores.sessions.who(token, at=NOW) is None
    assert await stores.sessions.who(other, at=NOW) == principal


async def test_a_sign_in_that_nobody_uses_ends_and_one_that_is_used_goes_on(
    stores: Stores, another_process: Another
) -> None:
    principal = Principal("rosa", Role.PROGRAMME, "0" * 32)
    token = await stores.sessions.open(principal, at=NOW, until=UNTIL)
    assert await stores.sessions.who(token, at=NOW + IDLE - SECOND) == principal
    other = another_process()
    assert await other.who(token, at=NOW + 2 * IDLE - 2 * SECOND) == principal  # the use was written down
    assert await stores.sessions.who(token, at=NOW + 3 * IDLE) is None
    assert await other.who(token, at=NOW + 3 * IDLE) is None
    assert await stores.sessions.of("rosa", at=NOW + 3 * IDLE) == []


async def test_use_does_not_put_off_the_end_of_the_working_day(stores: Stores, another_process: Another) -> None:
    token = await stores.sessions.open(Principal("rosa", Role.PROGRAMME, "0" * 32), at=NOW, until=UNTIL)
    used_at = NOW
    while used_at < UNTIL:
        assert await another_process().who(token, at=used_at)
        used_at += IDLE * 0.9
    assert await another_process().who(token, at=UNTIL) is None


async def test_all_sign_ins_of_one_account_end_and_nobody_elses(stores: Stores) -> None:
    rosa, ana = Principal("rosa", Role.PROGRAMME, "0" * 32), Principal("ana", Role.CLINICIAN, "1" * 32)
    tokens = [await stores.sessions.open(rosa, at=NOW, until=UNTIL) for _ in range(2)]
    other = await stores.sessions.open(ana, at=NOW, until=UNTIL)
    assert await stores.sessions.who(tokens[0], at=NOW) == rosa
    seen = await stores.sessions.of("rosa", at=NOW)
    assert {each.session for each in seen} == {sha256(token.encode()).hexdigest() for token in tokens}
    assert await stores.sessions.close_all("rosa") == 2
    for token in tokens:
        assert await stores.sessions.who(token, at=NOW) is None
    assert await stores.sessions.who(other, at=NOW) == ana
    assert await stores.sessions.close_all("rosa") == 0


async def test_an_account_that_is_taken_away_opens_nothing(stores: Stores) -> None:
    await stores.accounts.create("rosa", "una clave larga", Role.CLINICIAN)
    assert await stores.accounts.remove("rosa")
    assert not await stores.accounts.remove("rosa")
    assert await stores.accounts.verify("rosa", "una clave larga") is None


async def test_a_nonce_is_spent_once_for_its_key(stores: Stores) -> None:
    assert await stores.nonces.spend("key-1", "n1", until=UNTIL)
    assert not await stores.nonces.spend("key-1", "n1", until=UNTIL)
    assert await stores.nonces.spend("key-2", "n1", until=UNTIL)
    assert await stores.nonces.spend("key-1", "n2", until=UNTIL)


async def test_a_budget_is_counted_by_name_and_hour(stores: Stores) -> None:
    await stores.budgets.spend("CO", 6, limit=10, at=NOW)
    await stores.budgets.spend("CO", 4, limit=10, at=NOW)
    with pytest.raises(ThrottledError):
        await stores.budgets.spend("CO", 1, limit=10, at=NOW)
    await stores.budgets.spend("VE", 10, limit=10, at=NOW)
    await stores.budgets.spend("CO", 10, limit=10, at=NOW + timedelta(hours=1))


async def test_what_would_pass_the_limit_is_not_counted(stores: Stores) -> None:
    with pytest.raises(ThrottledError):
        await stores.budgets.spend("CO", 11, limit=10, at=NOW)
    await stores.budgets.spend("CO", 9, limit=10, at=NOW)
    with pytest.raises(ThrottledError):
        await stores.budgets.spend("CO", 2, limit=10, at=NOW)
    await stores.budgets.spend("CO", 1, limit=10, at=NOW)
