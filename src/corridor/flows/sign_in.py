"""Somebody signs in at a node or at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.errors import LoginError
from corridor.flows.ports.accounts import Accounts
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.sessions import Sessions

LENGTH = timedelta(hours=8)
"""A working day at the clinic."""

ATTEMPTS_PER_HOUR = 30
"""Per account name; enough for tired fingers, too few for a list of passwords."""


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """What signing in needs."""

    accounts: Accounts
    sessions: Sessions
    budgets: Budgets
    clock: Clock


async def sign_in(account: str, password: str, *, desk: SignInDesk) -> str:
    """A token that stands for the sign-in until the working day ends.

    Raises:
        LoginError: the name or the password is wrong; which of them is not told.
        ThrottledError: too many attempts on this name in this hour.

    Source: RFC 6749 section 4.4, client credentials; ASVS 5.0 V6.
    """
    now = desk.clock.now()
    await desk.budgets.spend(f"sign-in/{account[:64]}", 1, limit=ATTEMPTS_PER_HOUR, at=now)
    principal = await desk.accounts.verify(account, password)
    if principal is None:
        raise LoginError("The name or the password is wrong.")
    return await desk.sessions.open(principal, until=now + LENGTH)
