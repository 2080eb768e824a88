"""Resources of invented people as a programme would send them."""

from __future__ import annotations

from typing import Any

import orjson

from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.record import Draft
from corridor.fhir.consent import render
from corridor.fhir.draft import draft

Resource = dict[str, Any]


def draft_of(id: str, resource: Resource, home: str = "PE") -> Draft:
    """A draft as the node's door makes it."""
    source = f"urn:corridor:{home.lower()}"
    return draft(orjson.dumps(resource), resource_type=resource["resourceType"], id=id, source=source)


def rendered(consent: Consent, *, of: str, home: Country) -> Resource:
    """A consent as a resource about a patient of the country."""
    return render(consent, patient={"reference": f"Patient/{of}"}, custodian=home)


def patient(
    *, given: str = "Yusneidi Carolina", family: str = "Urdaneta Barboza", birth: str = "1991-04-17"
) -> Resource:
    """A woman on the way from Maracaibo, or whoever else is described."""
    name = {"use": "official", "family": family, "given": given.split()}
    return {"resourceType": "Patient", "name": [name], "gender": "female", "birthDate": birth}


def viral_load(of: str, *, on: str = "2024-05-02", copies: float = 1200) -> Resource:
    """One measurement."""
    unit = {"unit": "copies/mL", "system": "http://unitsofmeasure.org", "code": "{copies}/mL"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": on,
        "valueQuantity": {"value": copies, **unit},
    }


def regimen(of: str, *, start: str = "2023-02-01") -> Resource:
    """Tenofovir, lamivudine and dolutegravir since a day."""
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": "J05AR27"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectivePeriod": {"start": start},
    }
