"""A person's registration in one country as the FHIR transaction that its programme system would send.

Everything is PUT under a stable id, so that loading twice changes nothing.
Source: http://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from demo.consents import consents
from demo.drugs import ALLERGIES, ATC
from demo.identifiers import identifier, name
from demo.laboratory import results
from demo.medicines import medicines
from demo.names import CLINICS, DOCTORS
from demo.places import OFFSETS, clinic, doctor, places
from demo.values import Person, Registration

ICD_10 = "http://hl7.org/fhir/sid/icd-10"
_CONDITION = "http://terminology.hl7.org/CodeSystem/condition"
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance"


def bundle(person: Person, registration: Registration) -> bytes:
    """The transaction that writes this person into this country's `/fhir` base; `bundle_of_places` goes first."""
    return transaction(resources(person, registration))


def bundle_of_places(country: str) -> bytes:
    """The transaction that writes the country's clinics and clinicians."""
    return transaction(places(country))


def resources(person: Person, registration: Registration) -> Iterator[dict[str, Any]]:
    """Every resource of one registration; what is referred to comes before what refers to it."""
    yield _patient(person, registration)
    yield from consents(person, registration)
    yield from _encounters(person, registration)
    yield from _conditions(registration)
    yield from _allergies(registration)
    yield _immunization(registration)
    yield from medicines(person, registration)
    yield from results(person, registration)


def transaction(content: Iterable[dict[str, Any]]) -> bytes:
    """A transaction Bundle that puts each resource under its own id."""
    entries = [
        {
            "fullUrl": f"https://corridor.example/fhir/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for resource in content
    ]
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def never_cross(person: Person) -> frozenset[str]:
    """Texts of this person that no other country may ever receive: names, numbers, places, clinics and clinicians."""
    texts: set[str] = set()
    for registration in person.registrations:
        written = registration.written
        texts |= {*written.given, *written.surnames, written.phone, written.city}
        texts |= {paper.number for paper in written.papers}
        texts |= {*CLINICS[registration.country], *(family for _, family in DOCTORS[registration.country])}
        texts |= {written.birth} if len(written.birth) > 4 else set()
    return frozenset(texts - {""})


def _patient(person: Person, registration: Registration) -> dict[str, Any]:
    written, country = registration.written, registration.country
    papers = [identifier(paper, country=country) for paper in written.papers]
    return {
        "resourceType": "Patient",
        "id": registration.id,
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{written.given[0]} {written.surnames[0]}</div>',
        },
        **({"identifier": papers} if papers else {}),
        "active": True,
        "name": [name(written, country=country)],
        **({"telecom": [{"system": "phone", "value": written.phone}]} if written.phone else {}),
        "gender": written.gender,
        "birthDate": written.birth,
        "address": [{"city": written.city, "country": country}],
        "generalPractitioner": [doctor(country, person.number)],
        "managingOrganization": clinic(country, person.number),
    }


def _encounters(person: Person, registration: Registration) -> Iterator[dict[str, Any]]:
    for place, day in enumerate(registration.care.visits[-4:]):
        offset = OFFSETS[registration.country]
        yield {
            "resourceType": "Encounter",
            "id": f"{registration.id}-{place}",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": _subject(registration),
            "participant": [{"individual": doctor(registration.country, person.number)}],
            "period": {"start": f"{day}T08:00:00{offset}", "end": f"{day}T09:15:00{offset}"},
            "serviceProvider": clinic(registration.country, person.number),
        }


def _conditions(registration: Registration) -> Iterator[dict[str, Any]]:
    care = registration.care
    found = [("hiv", "B24", "Enfermedad por VIH", care.diagnosed_on)]
    if care.tuberculosis_on:
        found.append(("tb", "A15.0", "Tuberculosis pulmonar", care.tuberculosis_on))
    for key, code, text, on in found:
        yield {
            "resourceType": "Condition",
            "id": f"{registration.id}-{key}",
            "clinicalStatus": _status(f"{_CONDITION}-clinical", "resolved" if key == "tb" else "active"),
            "verificationStatus": _status(f"{_CONDITION}-ver-status", "confirmed"),
            "code": {"coding": [{"system": ICD_10, "code": code}], "text": text},
            "subject": _subject(registration),
            "onsetDateTime": on.isoformat(),
        }


def _allergies(registration: Registration) -> Iterator[dict[str, Any]]:
    for number, key in enumerate(registration.care.allergies, start=1):
        code, substance, reaction = ALLERGIES[key]
        yield {
            "resourceType": "AllergyIntolerance",
            "id": f"{registration.id}-a{number}",  # ids are kept in clear, and name no drug
            "clinicalStatus": _status(f"{_ALLERGY}-clinical", "active"),
            "verificationStatus": _status(f"{_ALLERGY}-verification", "confirmed"),
            "type": "allergy",
            "category": ["medication"],
            "code": {"coding": [{"system": ATC, "code": code}], "text": substance},
            "patient": _subject(registration),
            "reaction": [{"manifestation": [{"text": reaction}]}],
        }


def _immunization(registration: Registration) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "id": f"{registration.id}-hepatitis-b",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": ATC, "code": "J07BC01"}], "text": "Hepatitis B"},
        "patient": _subject(registration),
        "occurrenceDateTime": registration.care.visits[0].isoformat(),
    }


def _subject(registration: Registration) -> dict[str, Any]:
    return {"reference": f"Patient/{registration.id}"}


def _status(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
