"""Whether somebody may show to this node that a person is there."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.flows.ports.unit import Unit


async def meet_person(asking: Asking, patient_id: str, *, unit: Unit) -> tuple[bytes, CorridorError | None]:
    """The person's Patient, or why nothing is done, for the caller to put on record.

    Source: HOUSE section 2, a refusal outlives its exception.
    """
    try:
        check_access(asking.principal, Interaction.PULL, "Patient")
    except ForbiddenError as error:
        return b"", error
    found = await unit.read("Patient", patient_id)
    if found is None or found.body is None:
        return b"", NotFoundError("There is no such person here.")
    return found.body, None
