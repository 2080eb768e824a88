"""A programme changes part of one resource: read, changed, checked and written in one unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.change import Change
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    PreconditionError,
    UnprocessableError,
)
from corridor.domain.record import Draft, Record
from corridor.flows.ports.unit import Unit
from corridor.flows.store_records import StoreDesk
from corridor.flows.write_changes import write_changes

Revise = Callable[[bytes], Draft]
"""From the current JSON bytes to what is written instead; raises what stands against it."""

_REASONS = {
    ForbiddenError: "forbidden",
    NotFoundError: "not-found",
    GoneError: "deleted",
    PreconditionError: "conflict",
}


async def patch_record(
    asking: Asking, name: tuple[str, str], revise: Revise, *, desk: StoreDesk, if_version: int | None = None
) -> Record:
    """The new version of a resource; no other write comes between what was read and what is written.

    An attempt that was refused is on record too: a patch can test what it does not change.

    Args:
        asking: who asks.
        name: type and id.
        revise: what the patch does.
        desk: what writing needs.
        if_version: the version that the caller holds, or None where it does not matter.

    Raises:
        ForbiddenError: the role may not; audited.
        NotFoundError: there never was such a resource; audited.
        GoneError: it was deleted; audited.
        PreconditionError: `if_version` is not the current version; audited.
        CorridorError: what `revise` raises; audited, and nothing is written.

    Source: https://hl7.org/fhir/R4/http.html#patch
    """
    seen: list[Record] = []
    try:
        check_access(asking.principal, Interaction.PATCH, name[0])
        async with desk.units.begin() as unit:
            seen.append(await _current(unit, name, if_version))
            change = Change(*name, revise(seen[0].body or b""))
            at = desk.clock.now()
            (record,) = await write_changes(unit, asking, [change], at=at, interaction=Interaction.PATCH)
    except CorridorError as error:
        await desk.audit.append(_refusal(asking, name, error, at=desk.clock.now(), seen=seen))
        raise
    if record is None:
        raise UnprocessableError("Nothing was written.")
    return record


async def _current(unit: Unit, name: tuple[str, str], if_version: int | None) -> Record:
    current = await unit.read(*name)
    if current is None:
        raise NotFoundError("There is no such resource.")
    if if_version is not None and if_version != current.version:
        raise PreconditionError("The resource has changed since the version that you hold.")
    if current.body is None:
        raise GoneError("The resource was deleted.")
    return current


def _refusal(
    asking: Asking, name: tuple[str, str], error: CorridorError, *, at: datetime, seen: list[Record]
) -> AuditFact:
    return AuditFact(
        kind=AuditKind.UPDATE,
        outcome=AuditOutcome.FAILURE,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=tuple(each.patient_id for each in seen if each.patient_id),
        resource="/".join(name),
        reason=next((word for kind, word in _REASONS.items() if isinstance(error, kind)), "invalid"),
    )
