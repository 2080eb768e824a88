"""An auditor sees whom clinicians vouched for, and why."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError
from corridor.domain.presence import Proof
from corridor.flows.record_attested_look import record_attested_look
from corridor.flows.review_opening import ReviewDesk


async def list_attestations(asking: Asking, *, desk: ReviewDesk) -> tuple[Proof, ...]:
    """Statements that nobody looked at yet, oldest first; who looked for them is on record.

    Raises:
        ForbiddenError: only an auditor takes the second look; audited first.

    Source: TRUST threat table, rows 4 and 8.
    """
    refusal: ForbiddenError | None = None
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        refusal = error
    async with desk.units.begin() as unit:
        found = () if refusal else await unit.presences.unreviewed()
        reason, failed = ("forbidden", True) if refusal else ("", False)
        await record_attested_look(asking, found, reason=reason, failed=failed, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal
    return found
