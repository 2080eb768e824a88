"""A clinician takes a patient's record along as one document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import UnsupportedError
from corridor.domain.record import Record
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.find_patient import find_patient
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.compartments import Compartments
from corridor.flows.ports.records import Records

MOST = 5_000
"""Resources that one document can carry; a longer record is refused, not cut."""


@dataclass(frozen=True, slots=True)
class SummaryDesk:
    """What a summary needs."""

    records: Records
    compartments: Compartments
    audit: Audit
    clock: Clock


async def summarise_patient(asking: Asking, patient_id: str, *, desk: SummaryDesk) -> tuple[Record, ...]:
    """What a summary is made from: the Patient first, then the whole compartment and what it refers to.

    Args:
        asking: who asks.
        patient_id: whose summary.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not do this; audited, as the rest is.
        NotFoundError: there is no such patient.
        GoneError: the patient was deleted.
        UnsupportedError: the record is too long for one document.

    Source: HL7 IPS 2.0.1, operation `summary`.
    """

    async def act() -> tuple[Record, ...]:
        await find_patient(patient_id, records=desk.records)
        return await _whole(patient_id, desk.compartments)

    reading = Reading(Interaction.SUMMARY, "Patient", "$summary", act, lambda _: (patient_id,))
    return await audit_reading(asking, reading, desk=desk)


async def _whole(patient_id: str, compartments: Compartments) -> tuple[Record, ...]:
    found: dict[tuple[str, str], Record] = {}
    wanted = CompartmentQuery()
    while True:
        page = await compartments.everything(patient_id, wanted)
        for each in (*page.records, *page.included):
            found.setdefault((each.resource_type, each.id), each)
        if not page.after:
            return tuple(found.values())
        if len(found) > MOST:
            raise UnsupportedError("The record is too long for one document; read it page by page by $everything.")
        wanted = replace(wanted, after=page.after)
