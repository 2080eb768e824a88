"""An auditor sees which emergencies wait for a second look."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.emergency import Opening
from corridor.domain.errors import ForbiddenError
from corridor.flows.record_look import record_look
from corridor.flows.review_opening import ReviewDesk


async def list_openings(asking: Asking, *, desk: ReviewDesk) -> tuple[Opening, ...]:
    """Openings that nobody looked at yet, oldest first; who looked for them is on record.

    Raises:
        ForbiddenError: only an auditor takes the second look; audited first.

    Source: TRUST threat table, row 8: second person within 24 h.
    """
    refusal: ForbiddenError | None = None
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        refusal = error
    async with desk.units.begin() as unit:
        found = () if refusal else await unit.openings.open()
        reason, failed = ("forbidden", True) if refusal else ("", False)
        await record_look(asking, found, reason=reason, failed=failed, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal
    return found
