"""An operator sees which cards still answer."""

from __future__ import annotations

from corridor.domain.access import check_card_care
from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError
from corridor.domain.presence import Card
from corridor.flows.record_card_care import CardDesk, record_card_care


async def list_cards(asking: Asking, *, desk: CardDesk) -> tuple[Card, ...]:
    """Cards that nobody ended, oldest first; who looked is on record.

    Raises:
        ForbiddenError: only an operator may; audited first.

    Source: ADR 42.
    """
    refusal: ForbiddenError | None = None
    try:
        check_card_care(asking.principal)
    except ForbiddenError as error:
        refusal = error
    async with desk.units.begin() as unit:
        found = () if refusal else await unit.presences.cards()
        reason = "forbidden" if refusal else ""
        await record_card_care(asking, "cards-listed", reason=reason, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal
    return found
