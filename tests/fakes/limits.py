"""Who is signed in, and what may be done only once or only so often, in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from corridor.domain.errors import ConflictError, ThrottledError
from corridor.domain.limits import Cost, hour_of, seconds_left
from corridor.domain.principal import Principal, Role


class FakeAccounts:
    """Port `Accounts`."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Principal]] = {}

    async def create(self, account: str, password: str, role: Role) -> Principal:
        """A new account."""
        if account in self._known:
            raise ConflictError("An account of this name exists.")
        principal = Principal(account, role, secrets.token_hex(16))
        self._known[account] = (password, principal)
        return principal

    async def verify(self, account: str, password: str) -> Principal | None:
        """See the port."""
        kept, principal = self._known.get(account, (None, None))
        return principal if kept == password else None


class FakeSessions:
    """Port `Sessions`."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Principal, datetime]] = {}

    async def open(self, principal: Principal, *, until: datetime) -> str:
        """See the port."""
        token = secrets.token_urlsafe(32)
        self._open[token] = (principal, until)
        return token

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """See the port."""
        principal, until = self._open.get(token, (None, at))
        return principal if at < until else None

    async def close(self, token: str) -> None:
        """See the port."""
        self._open.pop(token, None)


class FakeNonces:
    """Port `Nonces`; forgets nothing."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, str], datetime] = {}

    async def spend(self, key_id: str, nonce: str, *, until: datetime) -> bool:
        """See the port."""
        fresh = (key_id, nonce) not in self._spent
        self._spent[key_id, nonce] = until
        return fresh


class FakeBudgets:
    """Port `Budgets`."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, datetime], int] = {}

    async def spend(self, name: str, amount: int, *, limit: int, at: datetime) -> None:
        """See the port."""
        await self.spend_all([Cost(name, limit, amount)], at=at)

    async def spend_all(self, costs: Sequence[Cost], *, at: datetime) -> None:
        """See the port."""
        totals = {(cost.name, hour_of(at)): cost.amount + await self.spent(cost.name, at=at) for cost in costs}
        if any(totals[cost.name, hour_of(at)] > cost.limit for cost in costs):
            raise ThrottledError(retry_seconds=seconds_left(at))
        self._spent.update(totals)

    async def spent(self, name: str, *, at: datetime) -> int:
        """See the port."""
        return self._spent.get((name, hour_of(at)), 0)
