"""The national register of persons, for matching and registration alone."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.identity.demographics import Demographics


class People(Protocol):
    """Who is in the national register."""

    async def demographics(self, patient_id: str) -> Demographics | None:
        """How the person is described here; None where there is no living patient of that id."""

    async def similar(self, asked: Demographics, *, limit: int) -> tuple[tuple[str, Demographics], ...]:
        """Patients who share a document, a birth date or a name skeleton, at most `limit` (id, description) pairs."""

    async def handle(self, patient_id: str) -> bytes:
        """The 16 byte handle under which the person is registered at the hub, made at first use and kept."""
