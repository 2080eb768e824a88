"""Who is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.principal import Principal


class Sessions(Protocol):
    """Opaque tokens that stand for a sign-in; only their digest is stored."""

    async def open(self, principal: Principal, *, until: datetime) -> str:
        """A new token, 256 random bits as URL-safe text."""

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """Whom a token stands for; the hot path, remembered in memory for at most a minute."""

    async def close(self, token: str) -> None:
        """End the sign-in; unknown tokens are ignored."""
