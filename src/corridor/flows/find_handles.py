"""A pull looks for the handles under which other countries may know the person."""

from __future__ import annotations

from collections.abc import Mapping

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.flows.ask_country import Pull, PullDesk


async def find_handles(pull: Pull, *, desk: PullDesk) -> Mapping[Country, str]:
    """One handle per country; none at all where nobody could be looked for, and then nobody can be asked.

    Source: IDENTITY section 2, stage 1.
    """
    left = (pull.until - pull.started_at).total_seconds()
    try:
        return await desk.locate(
            pull.patient_id, purpose=pull.purpose, trace=pull.asking.trace, timeout_seconds=left / 2
        )
    except CorridorError:
        return {}
