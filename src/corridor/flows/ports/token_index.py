"""How far a whole register was indexed under a token key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from corridor.flows.ports.people import START, Place


@dataclass(frozen=True, slots=True)
class Progress:
    """Where indexing goes on, and how many patients are behind it."""

    place: Place = START
    done: int = 0


class TokenIndex(Protocol):
    """One mark for each key."""

    async def progress(self, epoch: int) -> Progress:
        """Where indexing under a key goes on."""

    async def move(self, epoch: int, progress: Progress) -> None:
        """Go on from there the next time; durable when this returns."""
