"""Honest in-memory acts of showing that somebody is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, ForbiddenError
from corridor.domain.presence import Challenge, PrintedCard, Proof, ProofKind, new_card
from corridor.flows.answer_challenge import Answered
from corridor.flows.attest_presence import Vouching
from corridor.flows.show_presence import Standing
from corridor.keys.qr import qr_svg
from corridor.web.clinician.presence_acts import PresenceActs

if TYPE_CHECKING:
    from tests.pages.town import Town

LINE, ANSWER, CARD, PASSWORD = 17, "H7K2MP", "ABCD2345", "la puna es alta"


@dataclass
class PresentInTown:
    """Everybody is there unless the town says otherwise; then they have a card, or what the town gives them."""

    town: Town

    def acts(self) -> PresenceActs:
        """What the pages call."""
        return PresenceActs(
            standing=self.standing,
            challenge=self.challenge,
            answer=self.answer,
            attest=self.attest,
            make_card=self.make_card,
            revoke_card=self.revoke_card,
            picture=qr_svg,
        )

    async def standing(self, asking: Asking, patient_id: str) -> Standing:
        """Proofs of the town."""
        found = next((each for each in reversed(self.town.shown) if each.patient_id == patient_id), None)
        if found is None and not self.town.absent:
            found = self._proof(asking, patient_id, ProofKind.CARD)
        return Standing(found, 12, "321")

    async def challenge(self, asking: Asking, patient_id: str, kind: ProofKind, *, language: str) -> Challenge:
        """A question to whoever has a card; telephones are out of order."""
        if kind is ProofKind.CODE or not language:
            raise ConflictError("No telephone.")
        until = self.town.now + timedelta(minutes=10)
        return Challenge("c" * 32, patient_id, asking.principal.pseudonym, kind, "v", until, CARD, LINE)

    async def answer(self, asking: Asking, patient_id: str, answered: Answered) -> None:
        """The right line."""
        if answered != Answered("c" * 32, ANSWER, CARD):
            raise ForbiddenError("Wrong.")
        self.town.shown.append(self._proof(asking, patient_id, ProofKind.CARD))

    async def attest(self, asking: Asking, patient_id: str, vouching: Vouching) -> None:
        """The clinician's word."""
        if vouching.password != PASSWORD:
            raise ForbiddenError("Wrong.")
        self.town.shown.append(self._proof(asking, patient_id, ProofKind.ATTESTED, vouching))

    async def make_card(self, _asking: Asking, _patient_id: str) -> PrintedCard:
        """A new card."""
        return new_card()

    async def revoke_card(self, _asking: Asking, _patient_id: str) -> None:
        """Nothing is kept of cards."""

    def _proof(self, asking: Asking, patient_id: str, kind: ProofKind, vouching: Vouching | None = None) -> Proof:
        now, who = self.town.now, asking.principal.pseudonym
        stated = vouching.stated if vouching else None
        return Proof(f"{len(self.town.shown):032x}", patient_id, who, kind, now, now + timedelta(minutes=30), stated)
