"""Who is signed in, and what may be done only once or only so often, in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from corridor.domain.errors import ConflictError, ThrottledError
from corridor.domain.limits import Cost, hour_of, seconds_left
from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.principal import Principal, Role
from corridor.storage.sessions import IDLE


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

    async def remove(self, account: str) -> bool:
        """Take an account away."""
        return self._known.pop(account, None) is not None


@dataclass
class _SignIn:
    who: Principal
    until: datetime
    seen_at: datetime

    def counts(self, at: datetime) -> bool:
        return at < self.until and at < self.seen_at + IDLE


class FakeSessions:
    """Port `Sessions`."""

    def __init__(self) -> None:
        self._open: dict[str, _SignIn] = {}

    async def open(self, principal: Principal, *, at: datetime, until: datetime) -> str:
        """See the port."""
        token = secrets.token_urlsafe(32)
        self._open[token] = _SignIn(principal, until, at)
        return token

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """See the port."""
        found = self._open.get(token)
        if found is None or not found.counts(at):
            return None
        found.seen_at = at
        return found.who

    async def close(self, token: str) -> None:
        """See the port."""
        self._open.pop(token, None)

    async def close_all(self, account: str) -> int:
        """See the port."""
        ended = [token for token, each in self._open.items() if each.who.account == account]
        for token in ended:
            del self._open[token]
        return len(ended)

    async def of(self, account: str, *, at: datetime) -> Sequence[OpenSignIn]:
        """See the port."""
        found = [(token, each) for token, each in self._open.items() if each.who.account == account and each.counts(at)]
        return [OpenSignIn(sha256(token.encode()).hexdigest(), each.seen_at, each.until) for token, each in found]


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
