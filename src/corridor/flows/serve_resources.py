"""A home node answers a peer that comes back, within its lease, for resources of a person it was given."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.consent import Deny
from corridor.domain.country import Country
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.flows.ports.unit import Projected, Unit
from corridor.flows.record_answer import Answered, record_answer
from corridor.flows.select_rows import select_rows
from corridor.flows.serve_history import ServeDesk
from corridor.flows.weigh_consent import Shown, weigh_consent


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


async def serve_resources(asker: Country, request: ResourceRequest, *, desk: ServeDesk) -> tuple[Projected, ...]:
    """The permitted rows of one type; empty for a stranger, an ended lease and a refusal alike.

    Consent is decided anew from the statement of the lease and everything stored since. Durable before it returns.

    Source: IHE QEDm PCC-44; ADR 7.
    """
    await desk.contacts.regain()
    async with desk.units.begin() as unit:
        granted = await unit.granted(asker, request.patient, at=desk.clock.now())
        rows, reason = await _released(asker, request, granted, unit=unit, desk=desk)
        answered = Answered(
            asker=asker,
            holder=desk.home,
            purpose=_lease(granted[1] if granted else b"")[0],
            clinician=request.clinician,
            trace=request.trace,
            patient_id=granted[0] if granted else "",
            resource=request.resource_type,
            reason=reason,
        )
        await record_answer(answered, unit=unit, at=desk.clock.now())
    return rows


async def _released(
    asker: Country, request: ResourceRequest, granted: tuple[str, bytes] | None, *, unit: Unit, desk: ServeDesk
) -> tuple[tuple[Projected, ...], str]:
    """The rows that may go, and else why none may."""
    if granted is None:
        return (), "no-lease"
    patient_id, kept = granted
    shown = Shown(asker, *_lease(kept))
    now = desk.clock.now()
    decision = await weigh_consent(shown, patient_id, home=desk.home, now=now, unit=unit, statements=desk.statements)
    if isinstance(decision, Deny):
        return (), decision.reason.value
    permitted = select_rows(await unit.projection(patient_id), decision)
    rows = tuple(row for row in permitted if row.resource_type == request.resource_type)
    return rows, "" if rows else "nothing-permitted"


def _lease(kept: bytes) -> tuple[Purpose, str, bytes]:
    """Purpose, handle and statement of a lease; one that was given before it said why was given for treatment."""
    first, _, statement = kept.partition(b"\n")
    code, _, handle = first.decode("ascii", "replace").rpartition(" ")
    if code in set(Purpose):
        return Purpose(code), handle, statement
    return Purpose.TREAT, first.decode("ascii", "replace"), statement
