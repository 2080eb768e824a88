"""A person is asked for a line of their card, or for a code that is sent to their telephone."""

from __future__ import annotations

import secrets

from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, CorridorError, ThrottledError, UnavailableError
from corridor.domain.limits import Cost
from corridor.domain.presence import (
    CHALLENGE_LASTS,
    CHALLENGES_PER_HOUR,
    MESSAGES_PER_HOUR,
    Challenge,
    ProofKind,
    any_line,
    new_code,
)
from corridor.flows.meet_person import meet_person
from corridor.flows.ports.unit import Unit
from corridor.flows.record_presence import PresenceDesk, record_presence


async def challenge_presence(
    asking: Asking, patient_id: str, kind: ProofKind, *, desk: PresenceDesk, language: str = "es"
) -> Challenge:
    """A question that can be answered once, within ten minutes and five tries; it ends the clinician's earlier one.

    Args:
        asking: a clinician.
        patient_id: who is to answer.
        kind: `card` or `code`.
        desk: the ports.
        language: of the message to the telephone.

    Raises:
        ForbiddenError: the role may not; audited first.
        NotFoundError: there is no such person here; audited first.
        ConflictError: they have no card that still answers, or no telephone that can be reached; audited first.
        ThrottledError: they were asked too often in this hour; audited first.
        UnavailableError: the message could not be sent; audited first.

    Source: ADR 42; ASVS 5.0 V6.6, out-of-band codes.
    """
    spent = await _spent(patient_id, kind, desk)
    code = new_code()
    telephone, made = "", None
    async with desk.units.begin() as unit:
        body, refusal = await meet_person(asking, patient_id, unit=unit)
        refusal = refusal or spent
        if refusal is None and kind is ProofKind.CODE:
            telephone = desk.telephone(body) if desk.messages else ""
            made = _of_code(asking, patient_id, code, desk=desk) if telephone else None
        elif refusal is None and kind is ProofKind.CARD:
            made = await _of_card(asking, patient_id, unit=unit, desk=desk)
        if made:
            await unit.presences.put(made)
        reason = _reason(refusal) if refusal else "" if made else "nothing-to-ask"
        await record_presence(asking, patient_id, f"asked={kind}", unit=unit, desk=desk, reason=reason)
    if refusal or made is None:
        raise refusal or ConflictError("They have nothing that could answer this.")
    if telephone:
        text = desk.wording.get(language, desk.wording["es"]).format(code=code)
        await _send(asking, patient_id, (telephone, text), desk=desk)
    return made


async def _send(asking: Asking, patient_id: str, message: tuple[str, str], *, desk: PresenceDesk) -> None:
    """Hand the message over; that nobody took it is on record before it is said."""
    try:
        if desk.messages:
            await desk.messages.send(*message)
    except UnavailableError:
        async with desk.units.begin() as unit:
            done = f"asked={ProofKind.CODE}"
            await record_presence(asking, patient_id, done, unit=unit, desk=desk, reason="unsent")
        raise


def _reason(refusal: CorridorError) -> str:
    return refusal.reason if isinstance(refusal, ThrottledError) else "refused"


async def _spent(patient_id: str, kind: ProofKind, desk: PresenceDesk) -> ThrottledError | None:
    costs = [Cost(f"challenge/{patient_id}", CHALLENGES_PER_HOUR)]
    if kind is ProofKind.CODE:
        costs.append(Cost(f"message/{patient_id}", MESSAGES_PER_HOUR))
    try:
        await desk.budgets.spend_all(costs, at=desk.clock.now())
    except ThrottledError as error:
        return error
    return None


async def _of_card(asking: Asking, patient_id: str, *, unit: Unit, desk: PresenceDesk) -> Challenge | None:
    card = await unit.presences.card(patient_id)
    line = any_line(card) if card else 0
    if card is None or not line:
        return None
    return Challenge(
        id=secrets.token_hex(16),
        patient_id=patient_id,
        agent=asking.principal.pseudonym,
        kind=ProofKind.CARD,
        verifier=card.verifiers[line - 1],
        until=desk.clock.now() + CHALLENGE_LASTS,
        card=card.number,
        line=line,
    )


def _of_code(asking: Asking, patient_id: str, code: str, *, desk: PresenceDesk) -> Challenge:
    own_id = secrets.token_hex(16)
    return Challenge(
        id=own_id,
        patient_id=patient_id,
        agent=asking.principal.pseudonym,
        kind=ProofKind.CODE,
        verifier=desk.hide(f"code/{own_id}/{code}"),
        until=desk.clock.now() + CHALLENGE_LASTS,
    )
