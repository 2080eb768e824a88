"""A clinician takes a health link back at the person's word."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError, NotFoundError
from corridor.domain.principal import Role
from corridor.flows.record_link_care import RevokeDesk, record_link_care


async def revoke_link(asking: Asking, patient_id: str, link_id: str, *, desk: RevokeDesk) -> None:
    """End a link of this person for good; on record before it returns.

    Raises:
        ForbiddenError: not a clinician of this node; audited.
        NotFoundError: the person has no such link; audited.

    Source: MISSION, whoever gave can take back.
    """
    mine = {each.id for each in await desk.links.of_patient(patient_id)}
    allowed = asking.principal.role is Role.CLINICIAN
    right = allowed and link_id in mine
    if right:
        await desk.links.revoke(link_id, at=desk.clock.now())
    what = f"health-link-revoke {link_id if right else 'unknown'}"
    await record_link_care(asking, patient_id, what, allowed=right, desk=desk)
    if not allowed:
        raise ForbiddenError("Only a clinician of this node takes health links back.")
    if not right:
        raise NotFoundError("The person has no such link.")
