"""An auditor sees which emergencies wait for a second look."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.audit.look import OPENINGS
from corridor.domain.emergency import Opening
from corridor.flows.list_unreviewed import list_unreviewed
from corridor.flows.second_look import ReviewDesk


async def list_openings(asking: Asking, *, desk: ReviewDesk) -> tuple[Opening, ...]:
    """Openings that nobody looked at yet; see `list_unreviewed`.

    Source: TRUST threat table, row 8: second person within 24 h.
    """
    return await list_unreviewed(asking, OPENINGS, waiting=lambda unit: unit.openings.open(), desk=desk)
