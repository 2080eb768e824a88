"""What a clinician does with the links of a person is put on record."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.links import Links
from corridor.flows.ports.units import Units


@dataclass(frozen=True, slots=True)
class RevokeDesk:
    """What listing and taking back need."""

    links: Links
    units: Units
    audit: Audit
    clock: Clock


async def record_link_care(asking: Asking, patient_id: str, what: str, *, allowed: bool, desk: RevokeDesk) -> None:
    """Put on record that links were looked at or taken back, or that this was refused; durable when it returns.

    Source: IHE BALP 1.1; TRUST section 1.4.
    """
    listing = what == "health-links"
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.SEARCH if listing else AuditKind.WITHDRAW,
            outcome=AuditOutcome.SUCCESS if allowed else AuditOutcome.FAILURE,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=(patient_id,),
            resource="List" if listing else "",
            query=what,
            reason="" if allowed else "forbidden",
        )
    )
