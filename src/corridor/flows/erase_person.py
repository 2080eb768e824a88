"""Whoever is erased is gone from the base, from its backups, and from copies of either."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.erasure import Ground, check_erasure
from corridor.domain.errors import ForbiddenError, NotFoundError
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.erasures import Erasures
from corridor.flows.ports.records import Records


@dataclass(frozen=True, slots=True)
class EraseDesk:
    """What erasing needs."""

    erasures: Erasures
    records: Records
    audit: Audit
    clock: Clock


async def erase_person(asking: Asking, patient_id: str, ground: Ground, *, desk: EraseDesk) -> int:
    """Erase a person for ever; how many records there were.

    When this returns their data key is destroyed, with the evidence in the log.

    Raises:
        ForbiddenError: the role may not; on record.
        NotFoundError: there is no such Patient; on record.
        UnavailableError: the database or the file of data keys does not answer.

    Source: TRUST section 4, crypto-shredding; GDPR article 17.
    """
    fact = AuditFact(
        kind=AuditKind.DELETE,
        outcome=AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        patient_ids=(patient_id,),
        resource=f"Patient/{patient_id}",
        query=f"erase {ground.value}",
    )
    try:
        check_erasure(asking.principal)
    except ForbiddenError:
        await desk.audit.append(replace(fact, outcome=AuditOutcome.FAILURE, reason="forbidden"))
        raise
    if await desk.records.read("Patient", patient_id) is None:
        unknown = replace(fact, patient_ids=(), resource="Patient", outcome=AuditOutcome.FAILURE, reason="not-found")
        await desk.audit.append(unknown)
        raise NotFoundError("There is no such person here.")
    return await desk.erasures.erase(patient_id, fact=fact)
