"""Somebody signs in at a node or at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import LoginError
from corridor.domain.principal import Principal
from corridor.domain.trace import new_trace
from corridor.flows.ports.accounts import Accounts
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.sessions import Sessions
from corridor.flows.ports.sign_in_record import SignInRecord

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
    audit: SignInRecord


async def sign_in(account: str, password: str, *, desk: SignInDesk) -> str:
    """A token that stands for the sign-in until the working day ends.

    Raises:
        LoginError: the name or the password is wrong; which of them is not told.
        ThrottledError: too many attempts on this name in this hour.
        UnavailableError: the log cannot be written; then nobody signs in.

    Source: RFC 6749 section 4.4, client credentials; ASVS 5.0 V6.
    """
    now = desk.clock.now()
    await desk.budgets.spend(f"sign-in/{account[:64]}", 1, limit=ATTEMPTS_PER_HOUR, at=now)
    principal = await desk.accounts.verify(account, password)
    await desk.audit.append(_fact(principal, now))
    if principal is None:
        raise LoginError("The name or the password is wrong.")
    return await desk.sessions.open(principal, at=now, until=now + LENGTH)


def _fact(principal: Principal | None, at: datetime) -> AuditFact:
    """Somebody signed in, or tried to; a wrong name is not kept, it may be a password typed in the wrong field."""
    return AuditFact(
        kind=AuditKind.LOGIN,
        outcome=AuditOutcome.SUCCESS if principal else AuditOutcome.FAILURE,
        at=at,
        trace=new_trace(),
        request_id="",
        agent=principal.pseudonym if principal else "unknown",
        role=principal.role.value if principal else "unknown",
        reason="" if principal else "login-refused",
    )
