"""A clinician reads the newest results of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.latest import Latest


@dataclass(frozen=True, slots=True)
class LatestDesk:
    """What reading the newest results needs."""

    latest: Latest
    audit: Audit
    clock: Clock


async def list_latest(asking: Asking, query: Query, *, most: int, asked: str, desk: LatestDesk) -> tuple[Record, ...]:
    """The newest observations of each code; who read them is durable before they are returned.

    Args:
        asking: who asks.
        query: criteria over Observation.
        most: how many of each code.
        asked: the operation as it may be kept in the log, identifier values already replaced.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not do this; audited.

    Source: https://hl7.org/fhir/R4/observation-operation-lastn.html
    """
    reading = Reading(
        Interaction.LASTN,
        "Observation",
        asked,
        partial(desk.latest.lastn, query, most=most),
        lambda found: (each.patient_id for each in found),
    )
    return await audit_reading(asking, reading, desk=desk)
