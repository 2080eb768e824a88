"""An auditor sees what waits for a second look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.look import Matter, look_fact
from corridor.domain.emergency import Opening
from corridor.domain.errors import ForbiddenError
from corridor.domain.presence import Proof
from corridor.flows.ports.unit import Unit
from corridor.flows.second_look import ReviewDesk

Waiting = TypeVar("Waiting", Opening, Proof)


async def list_unreviewed(
    asking: Asking, matter: Matter, *, waiting: Callable[[Unit], Awaitable[tuple[Waiting, ...]]], desk: ReviewDesk
) -> tuple[Waiting, ...]:
    """Those that nobody looked at yet, oldest first; who looked for them is on record.

    Raises:
        ForbiddenError: only an auditor takes the second look; audited first.

    Source: TRUST threat table, rows 4 and 8: second person within 24 h.
    """
    refusal: ForbiddenError | None = None
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        refusal = error
    async with desk.units.begin() as unit:
        found = () if refusal else await waiting(unit)
        reason, now = "forbidden" if refusal else "", desk.clock.now()
        await unit.audit(look_fact(asking, found, matter, reason=reason, failed=bool(refusal), at=now))
    if refusal:
        raise refusal
    return found
