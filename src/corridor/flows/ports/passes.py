"""What the tokens of systems stand for."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.client import Client
from corridor.domain.grant import Grant
from corridor.domain.principal import Principal


class Passes(Protocol):
    """Opaque access tokens of systems; only their digest is stored, and each use looks there."""

    async def open(self, client: Client, grant: Grant, *, until: datetime) -> str:
        """A new token: `sys.` and 256 random bits as URL-safe text."""

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """Whom a token stands for; nobody once it or its system's registration has ended."""
