"""Who signed in with the country's identity provider, by the pseudonym that stands for them in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.principal import Principal, Role


class Staff(Protocol):
    """People of this country's services."""

    async def known(self, issuer: str, subject: str, role: Role, *, at: datetime) -> Principal:
        """Who it is, in the role they have now; at the first sign-in they get a pseudonym that stays theirs."""
