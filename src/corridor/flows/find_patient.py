"""Whether a patient is in the national register."""

from __future__ import annotations

from corridor.domain.errors import GoneError, NotFoundError
from corridor.domain.record import Record
from corridor.flows.ports.records import Records


async def find_patient(patient_id: str, *, records: Records) -> Record:
    """The living Patient of that id.

    Raises:
        NotFoundError: there never was one.
        GoneError: it was deleted.

    Source: https://hl7.org/fhir/R4/http.html#read
    """
    patient = await records.read("Patient", patient_id)
    if patient is None:
        raise NotFoundError("There is no such patient.")
    if patient.body is None:
        raise GoneError("The patient was deleted.")
    return patient
