"""A second person looks at a clinician's word that somebody was there."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.audit.look import STATEMENTS
from corridor.domain.presence import Proof
from corridor.flows.ports.unit import Unit
from corridor.flows.second_look import Look, ReviewDesk, Subject, second_look


async def review_attestation(asking: Asking, id: str, look: Look, *, desk: ReviewDesk) -> None:
    """Keep the second look at one statement; see `second_look`.

    Source: TRUST threat table, rows 4 and 8.
    """

    async def stated(unit: Unit) -> Proof | None:
        found = await unit.presences.find(id)
        return found if found and found.attested else None

    await second_look(asking, Subject(STATEMENTS, stated, lambda unit: unit.presences), look, desk=desk)
