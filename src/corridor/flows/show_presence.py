"""What a clinician sees of whether a person was shown to be there, and how it could be."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.presence import Proof
from corridor.flows.record_presence import PresenceDesk


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for one clinician and one person.

    Attributes:
        proof: that is good now, or None.
        lines: of the card that still answer; 0 where there is no card.
        telephone: last digits of the number to which a code can be sent; empty where none can.
    """

    proof: Proof | None
    lines: int
    telephone: str


_SHOWN_DIGITS = 3


async def show_presence(asking: Asking, patient_id: str, *, desk: PresenceDesk) -> Standing:
    """The proof in force, and which others could be asked for; the reading of the person is on record already.

    Source: ADR 42.
    """
    async with desk.units.begin() as unit:
        proof = await unit.presences.standing(patient_id, asking.principal.pseudonym, at=desk.clock.now())
        card = await unit.presences.card(patient_id)
        patient = await unit.read("Patient", patient_id)
    telephone = desk.telephone(patient.body) if desk.messages and patient and patient.body else ""
    return Standing(proof, card.left if card else 0, telephone[-_SHOWN_DIGITS:])
