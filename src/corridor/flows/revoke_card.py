"""A lost card answers no more."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.asking import Asking
from corridor.flows.meet_person import meet_person
from corridor.flows.record_presence import PresenceDesk, record_presence


async def revoke_card(asking: Asking, patient_id: str, *, desk: PresenceDesk) -> None:
    """End the person's card, if they have one; from the moment this returns it answers nothing.

    Raises:
        ForbiddenError: the role may not; audited first.
        NotFoundError: there is no such person here; audited first.

    Source: ADR 42.
    """
    async with desk.units.begin() as unit:
        _, refusal = await meet_person(asking, patient_id, unit=unit)
        card = None if refusal else await unit.presences.card(patient_id)
        if card:
            await unit.presences.keep_card(replace(card, revoked_at=desk.clock.now()))
        reason = "refused" if refusal else ""
        await record_presence(asking, patient_id, "card-revoked", unit=unit, desk=desk, reason=reason)
    if refusal:
        raise refusal
