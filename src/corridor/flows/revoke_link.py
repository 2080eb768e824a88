"""A health link is taken back: by the clinician at the person's word, or by the person alone."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import ForbiddenError, NotFoundError
from corridor.domain.link import HealthLink, LinkState
from corridor.domain.principal import Role
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.make_link import digest_of
from corridor.flows.open_link import AGENT, standing
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.links import Links, Opening
from corridor.flows.ports.units import Units

SHOWN = 20
"""Openings that are told of each link."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link of a person as it stands now, with the latest tries to open it."""

    link: HealthLink
    state: LinkState
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class RevokeDesk:
    """What listing and taking back need."""

    links: Links
    units: Units
    audit: Audit
    clock: Clock


async def list_links(asking: Asking, patient_id: str, *, desk: RevokeDesk) -> tuple[LinkRow, ...]:
    """Every link that was made for a person, newest first, with who opened it; the look is on record.

    Raises:
        ForbiddenError: not a clinician of this node; audited.
    """
    allowed = asking.principal.role is Role.CLINICIAN
    await desk.audit.append(_fact(asking, patient_id, "health-links", allowed=allowed, desk=desk))
    if not allowed:
        raise ForbiddenError("Only a clinician of this node sees health links.")
    found, now = await desk.links.of_patient(patient_id), desk.clock.now()
    return tuple(
        [
            LinkRow(
                link=each,
                state=await standing(each, units=desk.units, now=now),
                openings=await desk.links.openings(each.id, limit=SHOWN),
            )
            for each in found
        ]
    )


async def revoke_link(asking: Asking, patient_id: str, link_id: str, *, desk: RevokeDesk) -> None:
    """End a link of this person for good; on record before it returns.

    Raises:
        ForbiddenError: not a clinician of this node; audited.
        NotFoundError: the person has no such link; audited.
    """
    mine = {each.id for each in await desk.links.of_patient(patient_id)}
    allowed = asking.principal.role is Role.CLINICIAN
    right = allowed and link_id in mine
    if right:
        await desk.links.revoke(link_id, at=desk.clock.now())
    what = f"health-link-revoke {link_id if right else 'unknown'}"
    await desk.audit.append(_fact(asking, patient_id, what, allowed=right, desk=desk))
    if not allowed:
        raise ForbiddenError("Only a clinician of this node takes health links back.")
    if not right:
        raise NotFoundError("The person has no such link.")


async def revoke_by_code(code: Secret, *, trace: Trace, request_id: str, desk: RevokeDesk) -> bool:
    """End the link that a revocation code belongs to; False where none does. The code alone is enough.

    Source: MISSION, whoever gave can take back.
    """
    link, now = await desk.links.revocable(digest_of(code)), desk.clock.now()
    if link is not None:
        await desk.links.revoke(link.id, at=now)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.WITHDRAW,
            outcome=AuditOutcome.SUCCESS if link else AuditOutcome.FAILURE,
            at=now,
            trace=trace,
            request_id=request_id,
            agent=AGENT,
            role="person",
            patient_ids=(link.patient_id,) if link else (),
            query=f"health-link-revoke {link.id if link else 'unknown'}",
            reason="" if link else "unknown-code",
        )
    )
    return link is not None


def _fact(asking: Asking, patient_id: str, what: str, *, allowed: bool, desk: RevokeDesk) -> AuditFact:
    listing = what == "health-links"
    return AuditFact(
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
