"""Destroying what is kept about a person."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.audit.fact import AuditFact


class Erasures(Protocol):
    """Empties a person's records and destroys their data key."""

    async def erase(self, patient_id: str, *, fact: AuditFact) -> int:
        """Erase a person; how many living records there were.

        The records are emptied, the fact is logged and the destruction of the key is promised in one transaction. When
        this returns the key is destroyed, and no copy of the database opens anything of theirs. The hub is told to
        forget them; ids, dates and codes of what was emptied stay.

        Args:
            patient_id: of their Patient.
            fact: that says who did it, and why.

        Raises:
            UnavailableError: it is not done, or it is done and the key is destroyed later (`finish`).
        """

    async def finish(self) -> int:
        """Destroy the keys that were promised to be and are still there; how many."""
