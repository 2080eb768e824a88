"""Whether a health link opens now."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.link import HealthLink, LinkState
from corridor.flows.ports.units import Units


async def weigh_link(link: HealthLink, *, units: Units, now: datetime) -> LinkState:
    """Whether a link opens: by itself, and by what the person said since it was made.

    Source: MISSION, withdrawn anywhere, effective everywhere.
    """
    own = link.state(now)
    if own is not LinkState.ACTIVE:
        return own
    async with units.begin() as unit:
        patient = await unit.read("Patient", link.patient_id)
        consents = await unit.consents(link.patient_id)
        withdrawals = await unit.withdrawals(link.patient_id)
    resting = [each for each in consents if each.id == link.consent_id and each.status_active]
    taken_back = any(each.at >= link.made_at for each in withdrawals)
    taken_back |= any(each.withdrawn_at is not None and each.withdrawn_at <= now for each in resting)
    if patient is None or patient.body is None or not resting or taken_back:
        return LinkState.WITHDRAWN
    return LinkState.ACTIVE
