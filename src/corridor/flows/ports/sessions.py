"""Who is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.principal import Principal


class Sessions(Protocol):
    """Opaque tokens that stand for a sign-in; only their digest is stored."""

    async def open(self, principal: Principal, *, at: datetime, until: datetime) -> str:
        """A new token, 256 random bits as URL-safe text."""

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """Whom a token stands for, which counts as using it; the hot path, remembered for at most a minute.

        A sign-in that nobody used for long enough has ended.
        """

    async def close(self, token: str) -> None:
        """End the sign-in; unknown tokens are ignored."""

    async def close_all(self, account: str) -> int:
        """End every sign-in of an account; how many there were."""

    async def of(self, account: str, *, at: datetime) -> Sequence[OpenSignIn]:
        """The sign-ins of an account that count still, the last used first."""
