"""A home node answers a peer that comes back, within its lease, for resources of a person it was given."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.trace import Trace
from corridor.flows.ports.unit import Projected
from corridor.flows.record_answer import Answered, record_answer
from corridor.flows.serve_history import ServeDesk
from corridor.flows.weigh_lease import weigh_lease


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """What a peer comes back for.

    Attributes:
        patient: the pseudonym that it was given.
        resource_type: FHIR type wanted.
        clinician: the asking clinician's pseudonym.
    """

    patient: str
    resource_type: str
    clinician: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Resources:
    """What may be had of one type.

    Attributes:
        rows: of the type.
        among: `Type/id` of all that is permitted: what these may refer to.
    """

    rows: tuple[Projected, ...] = ()
    among: frozenset[str] = frozenset()


async def serve_resources(asker: Country, request: ResourceRequest, *, desk: ServeDesk) -> Resources:
    """The permitted rows of one type; empty for a stranger, an ended lease and a refusal alike.

    Consent is decided anew from the statement of the lease and everything stored since. Durable before it returns.

    Source: IHE QEDm PCC-44; ADR 7.
    """
    await desk.contacts.regain()
    async with desk.units.begin() as unit:
        leased = await weigh_lease(asker, request.patient, unit=unit, desk=desk)
        rows = tuple(row for row in leased.rows if row.resource_type == request.resource_type)
        answered = Answered(
            asker=asker,
            holder=desk.home,
            purpose=leased.purpose,
            clinician=request.clinician,
            trace=request.trace,
            patient_id=leased.patient_id,
            resource=request.resource_type,
            reason=leased.reason or ("" if rows else "nothing-permitted"),
        )
        await record_answer(answered, unit=unit, at=desk.clock.now())
    return Resources(rows, frozenset([row.name for row in leased.rows]))
