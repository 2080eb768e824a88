"""The person's answer shows that they are there, or does not."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace

from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError
from corridor.domain.presence import LASTS, Challenge, Proof, ProofKind, plain, without_line
from corridor.flows.ports.unit import Unit
from corridor.flows.record_presence import PresenceDesk, record_presence


@dataclass(frozen=True, slots=True)
class Answered:
    """What was typed: the question's id, the number of the card where it asks for one, and the answer."""

    challenge: str
    answer: str
    card: str = ""


async def answer_challenge(asking: Asking, patient_id: str, answered: Answered, *, desk: PresenceDesk) -> Proof:
    """A proof for this clinician and this visit; the question and the line of the card are used up by it.

    Whatever is wrong with an answer reads alike.

    Raises:
        ForbiddenError: wrong, too late, asked by another, about another, answered already; audited first.

    Source: ADR 42.
    """
    now, proof = desk.clock.now(), None
    async with desk.units.begin() as unit:
        asked = await unit.presences.challenge(answered.challenge)
        if asked and (asked.patient_id, asked.agent) != (patient_id, asking.principal.pseudonym):
            asked = None
        reason = await _wrong(asked, answered, unit=unit, desk=desk)
        if asked and not reason:
            proof = Proof(secrets.token_hex(16), patient_id, asked.agent, asked.kind, now, now + LASTS)
            await unit.presences.drop(asked.id)
            await unit.presences.keep(proof)
        done = f"shown={asked.kind}" if asked else "shown"
        await record_presence(asking, patient_id, done, unit=unit, desk=desk, reason=reason)
    if proof is None:
        raise ForbiddenError("That does not answer the question.")
    return proof


async def _wrong(asked: Challenge | None, answered: Answered, *, unit: Unit, desk: PresenceDesk) -> str:
    """Why an answer does not count; a wrong one is counted, the right one uses up its line."""
    if asked is None:
        return "unknown-challenge"
    if not asked.is_open(desk.clock.now()):
        return "challenge-over"
    if not hmac.compare_digest(_hidden(asked, answered, desk), asked.verifier):
        await unit.presences.put(replace(asked, tries=asked.tries + 1))
        return "wrong-answer"
    if asked.kind is ProofKind.CARD:
        card = await unit.presences.card(asked.patient_id)
        if card is None or card.number != asked.card or not card.verifiers[asked.line - 1]:
            return "card-over"
        await unit.presences.keep_card(without_line(card, asked.line))
    return ""


def _hidden(asked: Challenge, answered: Answered, desk: PresenceDesk) -> str:
    if asked.kind is ProofKind.CARD:
        return desk.hide(f"card/{plain(answered.card)}/{asked.line}/{plain(answered.answer)}")
    return desk.hide(f"code/{asked.id}/{plain(answered.answer)}")
