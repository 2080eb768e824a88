"""A programme reads one resource of its own country."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import ForbiddenError, GoneError, NotFoundError
from corridor.domain.record import Record
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.records import Records


@dataclass(frozen=True, slots=True)
class ReadDesk:
    """What reading needs."""

    records: Records
    audit: Audit
    clock: Clock


async def read_record(asking: Asking, wanted: tuple[str, str, int | None], *, desk: ReadDesk) -> Record:
    """The current version of a resource, or the one wanted; who read it is durable before it is returned.

    Args:
        asking: who asks.
        wanted: type, id, and a version number or None for the current one.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not read this type; audited.
        NotFoundError: nothing is there; audited.
        GoneError: that version says deleted; audited.

    Source: FHIR R4 read and vread, https://hl7.org/fhir/R4/http.html#read
    """
    resource_type, logical_id, version = wanted
    interaction = Interaction.READ if version is None else Interaction.VREAD
    record: Record | None = None
    refusal: ForbiddenError | None = None
    try:
        check_access(asking.principal, interaction, resource_type)
    except ForbiddenError as error:
        refusal = error
    else:
        record = await _find(desk.records, wanted)
    found = record is not None and record.body is not None
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.READ,
            outcome=AuditOutcome.SUCCESS if found else AuditOutcome.FAILURE,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            purpose=asking.principal.purpose,
            patient_ids=(record.patient_id,) if record and record.patient_id else (),
            resource=f"{resource_type}/{logical_id}",
            reason="forbidden" if refusal else "",
        )
    )
    if refusal:
        raise refusal
    return _living(record)


async def _find(records: Records, wanted: tuple[str, str, int | None]) -> Record | None:
    resource_type, logical_id, version = wanted
    if version is None:
        return await records.read(resource_type, logical_id)
    return await records.read_version(resource_type, logical_id, version)


def _living(record: Record | None) -> Record:
    if record is None:
        raise NotFoundError("There is no such resource.")
    if record.body is None:
        raise GoneError("The resource was deleted.", version=record.version)
    return record
