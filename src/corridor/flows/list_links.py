"""A clinician sees which links a person has, and who opened them."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.errors import ForbiddenError
from corridor.domain.link import HealthLink, LinkState
from corridor.domain.principal import Role
from corridor.flows.ports.links import Opening
from corridor.flows.record_link_care import RevokeDesk, record_link_care
from corridor.flows.weigh_link import weigh_link

SHOWN = 20
"""Openings that are told of each link."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link of a person as it stands now, with the latest tries to open it."""

    link: HealthLink
    state: LinkState
    openings: tuple[Opening, ...]


async def list_links(asking: Asking, patient_id: str, *, desk: RevokeDesk) -> tuple[LinkRow, ...]:
    """Every link that was made for a person, newest first, with who opened it; the look is on record.

    Raises:
        ForbiddenError: not a clinician of this node; audited.

    Source: IHE VHL, Audit Event - Accessed Health Data.
    """
    allowed = asking.principal.role is Role.CLINICIAN
    await record_link_care(asking, patient_id, "health-links", allowed=allowed, desk=desk)
    if not allowed:
        raise ForbiddenError("Only a clinician of this node sees health links.")
    found, now = await desk.links.of_patient(patient_id), desk.clock.now()
    return tuple(
        [
            LinkRow(
                link=each,
                state=await weigh_link(each, units=desk.units, now=now),
                openings=await desk.links.openings(each.id, limit=SHOWN),
            )
            for each in found
        ]
    )
