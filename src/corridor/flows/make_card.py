"""A person is given a card that answers for them being there."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.asking import Asking
from corridor.domain.presence import Card, PrintedCard, new_card
from corridor.flows.meet_person import meet_person
from corridor.flows.record_presence import PresenceDesk, record_presence


async def make_card(asking: Asking, patient_id: str, *, desk: PresenceDesk) -> PrintedCard:
    """A new card, to be printed now: this node keeps what checks its answers and not the answers; an older one ends.

    Raises:
        ForbiddenError: the role may not; audited first.
        NotFoundError: there is no such person here; audited first.

    Source: ADR 42.
    """
    printed, now = new_card(), desk.clock.now()
    verifiers = tuple(
        desk.hide(f"card/{printed.number}/{line}/{answer}") for line, answer in enumerate(printed.answers, 1)
    )
    async with desk.units.begin() as unit:
        _, refusal = await meet_person(asking, patient_id, unit=unit)
        if refusal is None:
            earlier = await unit.presences.card(patient_id)
            if earlier:
                await unit.presences.keep_card(replace(earlier, revoked_at=now))
            await unit.presences.keep_card(Card(printed.number, patient_id, verifiers, now))
        reason = "refused" if refusal else ""
        await record_presence(asking, patient_id, "card-made", unit=unit, desk=desk, reason=reason)
    if refusal:
        raise refusal
    return printed
