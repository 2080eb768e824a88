"""The health links of a node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.link import HealthLink


@dataclass(frozen=True, slots=True)
class Opening:
    """One try to open a link.

    Attributes:
        recipient: who said to be opening it; nobody checked that.
        outcome: `opened`, or why not.
    """

    at: datetime
    recipient: str
    outcome: str


class Links(Protocol):
    """Links with their encrypted files."""

    async def add(self, link: HealthLink, content: str) -> None:
        """Keep a new link and its file; durable when this returns."""

    async def find(self, folder: str) -> HealthLink | None:
        """The link of a folder, whatever its state."""

    async def revocable(self, digest: bytes) -> HealthLink | None:
        """The link that a revocation code takes back, by the code's SHA-256."""

    async def content(self, id: str) -> str:
        """The encrypted file of a link.

        Raises:
            NotFoundError: there is none.
        """

    async def of_patient(self, patient_id: str) -> tuple[HealthLink, ...]:
        """Every link that was made for a person, newest first."""

    async def openings(self, id: str, *, limit: int) -> tuple[Opening, ...]:
        """The latest tries to open a link, newest first."""

    async def take_try(self, id: str) -> int | None:
        """Use up one wrong passcode beforehand and tell how many are left; None where none was.

        Guesses that come at once are counted one by one, at however many processes they arrive.
        """

    async def give_back_try(self, id: str) -> None:
        """Undo `take_try`: the passcode was right."""

    async def opened(self, id: str, opening: Opening) -> None:
        """Remember a try."""

    async def revoke(self, id: str, *, at: datetime) -> bool:
        """End a link; False where it had been ended before. Its file is destroyed."""
