"""A second person looks at each time that the glass was broken."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.audit.look import OPENINGS
from corridor.flows.second_look import Look, ReviewDesk, Subject, second_look


async def review_opening(asking: Asking, id: str, look: Look, *, desk: ReviewDesk) -> None:
    """Keep the second look at one opening; see `second_look`.

    Source: TRUST threat table, row 8: reason and second person within 24 h.
    """
    subject = Subject(OPENINGS, lambda unit: unit.openings.find(id), lambda unit: unit.openings)
    await second_look(asking, subject, look, desk=desk)
