"""An auditor sees whom clinicians vouched for, and why."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.audit.look import STATEMENTS
from corridor.domain.presence import Proof
from corridor.flows.list_unreviewed import list_unreviewed
from corridor.flows.second_look import ReviewDesk


async def list_attestations(asking: Asking, *, desk: ReviewDesk) -> tuple[Proof, ...]:
    """Statements that nobody looked at yet; see `list_unreviewed`.

    Source: TRUST threat table, rows 4 and 8.
    """
    return await list_unreviewed(asking, STATEMENTS, waiting=lambda unit: unit.presences.unreviewed(), desk=desk)
