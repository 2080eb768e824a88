"""A programme writes resources into its own country's base, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.change import Change
from corridor.domain.errors import ForbiddenError
from corridor.domain.record import Record
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.units import Units
from corridor.flows.refuse_changes import refuse_changes
from corridor.flows.write_changes import write_changes

__all__ = ["Change", "StoreDesk", "store_records"]


@dataclass(frozen=True, slots=True)
class StoreDesk:
    """What writing needs."""

    units: Units
    audit: Audit
    clock: Clock


async def store_records(
    asking: Asking, changes: Sequence[Change], *, desk: StoreDesk, interaction: Interaction
) -> list[Record | None]:
    """Apply every change in one unit with its audit entries; when this returns they are durable.

    Returns:
        The new version of each, in order; None where a delete found nothing living.

    Raises:
        ForbiddenError: the role may not do one of these things; audited, and nothing is written.
        PreconditionError: a version is not the current one, or another condition fails; nothing is written.
        ConflictError: a resource to be created exists; nothing is written.
        UnprocessableError: a reference inside a transaction names nothing here; nothing is written.

    Source: FHIR R4 create, update, delete, transaction, https://hl7.org/fhir/R4/http.html#transaction
    """
    refused = refuse_changes(asking, changes, interaction=interaction, clock=desk.clock)
    if refused:
        await desk.audit.append(refused)
        raise ForbiddenError("Your role does not allow this here.")
    async with desk.units.begin([change.draft for change in changes if change.draft]) as unit:
        return await write_changes(unit, asking, changes, at=desk.clock.now(), interaction=interaction)
