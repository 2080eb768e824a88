"""What the people signed, as FHIR Consents in the shape of IHE PCF Advanced: deny at the root, permits below it.

Source: IHE PCF 1.1.1, Advanced consent; INTEROP section 3.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from demo.places import clinic
from demo.values import Agreement, AgreementKind, Person, Registration

CATEGORIES = "https://corridor.example/fhir/CodeSystem/category"
POLICY = "https://corridor.example/fhir/Policy/federation"
WITHDRAWN = "https://corridor.example/fhir/StructureDefinition/withdrawn"
"""Extension of a Consent: when the person took it back."""
WITHDRAWN_AFTER = timedelta(days=60)
"""The demo's people change their mind after two months."""
PROFILE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentAdvanced"
ALL = (
    "match",
    "demographics",
    "regimen",
    "viral-load",
    "cd4",
    "resistance",
    "laboratory",
    "tuberculosis",
    "condition",
    "allergy",
    "immunization",
    "other",
)
"""Everything that somebody can agree to, by the codes of `CATEGORIES`."""

LIMITED = ("match", "demographics", "regimen", "viral-load")
"""What somebody agrees to who wants only the treatment known."""

_STATUS = {AgreementKind.WITHDRAWN: "inactive"}


def consents(person: Person, registration: Registration) -> Iterator[dict[str, Any]]:
    """The Consents that the person signed in this country, oldest first."""
    for place, agreement in enumerate(registration.agreements):
        patient = {"reference": f"Patient/{registration.id}"}
        yield {
            "resourceType": "Consent",
            "id": f"{registration.id}-{place}",
            "meta": {"profile": [PROFILE]},
            **_withdrawal(agreement),
            "status": _STATUS.get(agreement.kind, "active"),
            "scope": _coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
            "category": [_coded("http://loinc.org", "59284-0")],
            "patient": patient,
            "dateTime": agreement.on.isoformat(),
            "performer": [patient],
            "organization": [clinic(registration.country, person.number)],
            "sourceAttachment": {"contentType": "application/pdf", "title": "Consentimiento firmado"},
            "policy": [{"uri": POLICY}],
            "provision": _provision(agreement),
        }


def _withdrawal(agreement: Agreement) -> dict[str, Any]:
    if agreement.kind is not AgreementKind.WITHDRAWN:
        return {}
    at = f"{agreement.on + WITHDRAWN_AFTER}T15:00:00Z"
    return {"extension": [{"url": WITHDRAWN, "valueDateTime": at}]}


def _provision(agreement: Agreement) -> dict[str, Any]:
    root: dict[str, Any] = {"type": "deny"}
    if agreement.kind is AgreementKind.REFUSED:
        return root
    if agreement.kind is AgreementKind.LIMITED:
        return root | {
            "provision": [_permit(agreement, LIMITED), {"type": "deny", "securityLabel": _labels(("tuberculosis",))}]
        }
    return root | {"provision": [_permit(agreement, ALL)]}


def _permit(agreement: Agreement, categories: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "permit",
        "period": {"start": agreement.on.isoformat(), "end": agreement.end.isoformat()},
        "actor": [_recipient(country) for country in agreement.countries],
        "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}],
        "securityLabel": _labels(categories),
    }


def _recipient(country: str) -> dict[str, Any]:
    return {
        "role": _coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
        "reference": {"identifier": {"system": "urn:iso:std:iso:3166", "value": country}},
    }


def _labels(categories: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"system": CATEGORIES, "code": category} for category in categories]


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
