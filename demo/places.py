"""Each country's clinics and clinicians; written once, before the people."""

from __future__ import annotations

from typing import Any

from demo.names import CITIES, CLINICS, DOCTORS

OFFSETS = {"VE": "-04:00", "CO": "-05:00", "EC": "-05:00", "PE": "-05:00", "CL": "-04:00"}
"""Offset that each country's systems write; Chile's winter time is used all year."""


def places(country: str) -> list[dict[str, Any]]:
    """Organizations and Practitioners of one country, with ids that its histories refer to."""
    return [
        *(_organization(country, place) for place in range(len(CLINICS[country]))),
        *(_practitioner(country, place) for place in range(len(DOCTORS[country]))),
    ]


def clinic(country: str, number: int) -> dict[str, Any]:
    """A reference to the clinic that saw person `number`, with its name as display."""
    place = number % len(CLINICS[country])
    return {"reference": f"Organization/clinic-{place}", "display": CLINICS[country][place]}


def doctor(country: str, number: int) -> dict[str, Any]:
    """A reference to the clinician of person `number`, with their name as display."""
    place = number % len(DOCTORS[country])
    return {"reference": f"Practitioner/doctor-{place}", "display": " ".join(DOCTORS[country][place])}


def _organization(country: str, place: int) -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": f"clinic-{place}",
        "active": True,
        "name": CLINICS[country][place],
        "address": [{"city": CITIES[country][place], "country": country}],
    }


def _practitioner(country: str, place: int) -> dict[str, Any]:
    given, family = DOCTORS[country][place]
    return {
        "resourceType": "Practitioner",
        "id": f"doctor-{place}",
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given]}],
    }
