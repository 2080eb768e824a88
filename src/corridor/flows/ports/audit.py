"""The node's log, outside a unit."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.audit.fact import AuditFact
from corridor.domain.disclosure import LogState


class Audit(Protocol):
    """Appends to the log and tells how far it has grown."""

    async def append(self, fact: AuditFact) -> None:
        """When this returns, the fact is durable. Facts that wait together share one commit.

        Raises:
            UnavailableError: the log cannot be written; then nothing may be disclosed.
        """

    async def state(self, since: int) -> LogState:
        """The signed state of the log with the proof that it grew from its first `since` leaves."""
