"""Cards, questions and proofs in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from corridor.domain.emergency import Verdict
from corridor.domain.presence import Attestation, Card, Cause, Challenge, Proof, ProofKind
from tests.fakes.state import Shelf


class FakePresences:
    """Port `Presences`; where the shelf says that everybody is there, who has no proof has a clinician's word."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def card(self, patient_id: str) -> Card | None:
        """See the port."""
        cards = self._shelf.state.cards.values()
        return next((each for each in cards if each.patient_id == patient_id and not each.revoked_at), None)

    async def cards(self) -> tuple[Card, ...]:
        """See the port."""
        living = [each for each in self._shelf.state.cards.values() if not each.revoked_at]
        return tuple(sorted(living, key=lambda each: (each.made_at, each.number)))

    async def numbered(self, number: str) -> Card | None:
        """See the port."""
        return next((each for each in await self.cards() if each.number == number), None)

    async def keep_card(self, card: Card) -> None:
        """See the port."""
        self._shelf.state.cards[card.number] = card

    async def put(self, challenge: Challenge) -> None:
        """See the port."""
        mine = (challenge.patient_id, challenge.agent)
        kept = self._shelf.state.challenges.values()
        others = {each.id: each for each in kept if (each.patient_id, each.agent) != mine}
        self._shelf.state.challenges = {**others, challenge.id: challenge}

    async def challenge(self, id: str) -> Challenge | None:
        """See the port."""
        return self._shelf.state.challenges.get(id)

    async def drop(self, id: str) -> None:
        """See the port."""
        self._shelf.state.challenges.pop(id, None)

    async def keep(self, proof: Proof) -> None:
        """See the port."""
        self._shelf.state.proofs[proof.id] = proof

    async def standing(self, patient_id: str, agent: str, *, at: datetime) -> Proof | None:
        """See the port."""
        if self._shelf.everybody_is_there:
            word = Attestation(Cause.NO_CARD, "She sits in front of me.")
            return Proof("0" * 32, patient_id, agent, ProofKind.ATTESTED, at, at + timedelta(minutes=30), word)
        mine = [each for each in self._proofs if (each.patient_id, each.agent) == (patient_id, agent)]
        return max((each for each in mine if each.until > at), key=lambda each: each.until, default=None)

    async def find(self, id: str) -> Proof | None:
        """See the port."""
        return self._shelf.state.proofs.get(id)

    async def unreviewed(self) -> tuple[Proof, ...]:
        """See the port."""
        found = [each for each in self._proofs if each.kind is ProofKind.ATTESTED and each.verdict is None]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """See the port."""
        found = self._shelf.state.proofs.get(id)
        if found is None or found.verdict is not None:
            return False
        looked = replace(found, reviewer=reviewer, verdict=verdict, note=note, reviewed_at=at)
        self._shelf.state.proofs[id] = looked
        return True

    @property
    def _proofs(self) -> list[Proof]:
        return list(self._shelf.state.proofs.values())
