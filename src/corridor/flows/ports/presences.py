"""Cards, questions to those who hold them, and proofs that somebody was there, within a unit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.emergency import Verdict
from corridor.domain.presence import Card, Challenge, Proof


class Presences(Protocol):
    """What is kept of who showed that they were there."""

    async def card(self, patient_id: str) -> Card | None:
        """The person's card that was not revoked."""

    async def cards(self) -> tuple[Card, ...]:
        """Every card that was not revoked, oldest first."""

    async def numbered(self, number: str) -> Card | None:
        """The card of a number, unless it was revoked."""

    async def keep_card(self, card: Card) -> None:
        """Keep a card, new or changed, under its number."""

    async def put(self, challenge: Challenge) -> None:
        """Keep a question, new or changed; a new one ends the clinician's earlier ones about that person."""

    async def challenge(self, id: str) -> Challenge | None:
        """A question that was not answered yet."""

    async def drop(self, id: str) -> None:
        """Forget a question: it was answered."""

    async def keep(self, proof: Proof) -> None:
        """Keep a new proof; none is ever forgotten."""

    async def standing(self, patient_id: str, agent: str, *, at: datetime) -> Proof | None:
        """The newest proof that is good for this clinician at an instant."""

    async def find(self, id: str) -> Proof | None:
        """A proof."""

    async def unreviewed(self) -> tuple[Proof, ...]:
        """Statements that nobody looked at yet, oldest first."""

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """Keep the second look; False where it was looked at already."""
