"""An operator ends a card that was found, or that somebody else has."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.access import check_card_care
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.presence import Card, plain
from corridor.flows.ports.unit import Unit
from corridor.flows.record_card_care import CardDesk, record_card_care


async def end_card(asking: Asking, number: str, *, desk: CardDesk) -> None:
    """End a card by the number that is printed on it; from the moment this returns it answers nothing.

    Args:
        asking: an operator.
        number: as it was typed; capitals, spaces and hyphens do not count.
        desk: the ports.

    Raises:
        ForbiddenError: only an operator may; audited first.
        NotFoundError: no card of this number answers; audited first.

    Source: ADR 42.
    """
    async with desk.units.begin() as unit:
        reason, refusal, card = await _found(asking, number, unit=unit)
        now, whose = desk.clock.now(), card.patient_id if card else ""
        if card:
            await unit.presences.keep_card(replace(card, revoked_at=now))
        await record_card_care(asking, "card-revoked", patient_id=whose, reason=reason, unit=unit, at=now)
    if refusal:
        raise refusal


async def _found(asking: Asking, number: str, *, unit: Unit) -> tuple[str, CorridorError | None, Card | None]:
    try:
        check_card_care(asking.principal)
    except ForbiddenError as error:
        return "forbidden", error, None
    card = await unit.presences.numbered(plain(number))
    return ("", None, card) if card else ("unknown-card", NotFoundError("No card of this number answers."), None)
