"""A clinician reads everything that their own country holds about one patient."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.compartment import CompartmentQuery
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.find_patient import find_patient
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.compartments import Compartments
from corridor.flows.ports.records import Page, Records


@dataclass(frozen=True, slots=True)
class EverythingDesk:
    """What reading a compartment needs."""

    records: Records
    compartments: Compartments
    audit: Audit
    clock: Clock


async def read_everything(
    asking: Asking, patient_id: str, *, wanted: CompartmentQuery, asked: str, desk: EverythingDesk
) -> Page:
    """One page of a patient's compartment; who read it is durable before it is returned.

    Args:
        asking: who asks.
        patient_id: whose compartment.
        wanted: what of it.
        asked: the operation as it may be kept in the log, such as `$everything?_type=Observation`.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not do this; audited, as the rest is.
        NotFoundError: there is no such patient.
        GoneError: the patient was deleted.
        InvalidError: the page cursor is not one of ours.

    Source: https://hl7.org/fhir/R4/patient-operation-everything.html
    """

    async def act() -> Page:
        page = await desk.compartments.everything(patient_id, wanted)
        if not any((each.resource_type, each.id) == ("Patient", patient_id) for each in page.records[:1]):
            await find_patient(patient_id, records=desk.records)  # left out of this page, or not there at all
        return page

    reading = Reading(Interaction.EVERYTHING, "Patient", asked, act, lambda _: (patient_id,))
    return await audit_reading(asking, reading, desk=desk)
