"""Who may sign in."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.principal import Principal


class Accounts(Protocol):
    """Those who may sign in."""

    async def verify(self, account: str, password: str) -> Principal | None:
        """Who it is, or None; both take the same time."""
