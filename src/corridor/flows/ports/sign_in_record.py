"""Where it is kept who signed in, and who failed to."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.audit.fact import AuditFact


class SignInRecord(Protocol):
    """The node's log; the hub, which has none, writes lines."""

    async def append(self, fact: AuditFact) -> None:
        """When this returns, it is kept.

        Raises:
            UnavailableError: it cannot be; then nobody signs in.
        """
