"""Whether another pull may be made in this hour."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.errors import ThrottledError
from corridor.domain.limits import Act, Demand
from corridor.flows.ask_country import PullDesk
from corridor.flows.check_limits import check_limits


async def check_pull(asking: Asking, purpose_code: str, patient_id: str, *, desk: PullDesk) -> ThrottledError | None:
    """Count a pull, whatever becomes of it; why no more may be made, for the caller to put on record, or None.

    Source: TRUST threat table, rows 4 and 8.
    """
    try:
        await check_limits(asking, Demand(Act.PULL, purpose_code, patient_id), desk=desk.limits)
    except ThrottledError as error:
        return error
    return None
