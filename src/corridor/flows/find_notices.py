"""What a person must be told of, at their next visit."""

from __future__ import annotations

from corridor.domain.emergency import Opening
from corridor.flows.second_look import ReviewDesk


async def find_notices(patient_id: str, *, desk: ReviewDesk) -> tuple[Opening, ...]:
    """Openings of the person's history, newest first; the reading of the person is on record already.

    Source: EHDS article 9; TRUST threat table, row 8: patient notice.
    """
    async with desk.units.begin() as unit:
        return await unit.openings.of(patient_id)
