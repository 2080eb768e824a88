"""What every client is given to do: invented people and one visit of a laboratory."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

SYSTEM = "https://corridor.example/conformance"


def family() -> str:
    """A surname that nobody else has."""
    return f"Quispe{uuid4().hex[:12]}"


def newcomer(name: str, *, number: str = "") -> dict[str, Any]:
    """A Patient of that surname.

    Args:
        name: the surname.
        number: of the paper; a new one where empty.
    """
    return {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": number or uuid4().hex}],
        "name": [{"family": name, "given": ["Rosa"]}],
        "gender": "female",
        "birthDate": "1990-05-17",
    }


def visit(name: str, *, code: str = "final") -> dict[str, Any]:
    """A transaction that writes a Patient and a viral load that refers to it.

    Args:
        name: the surname.
        code: status of the observation; a wrong one makes the whole transaction wrong.
    """
    urn = f"urn:uuid:{uuid4()}"
    observation = {
        "resourceType": "Observation",
        "status": code,
        "code": {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]},
        "subject": {"reference": urn},
        "effectiveDateTime": "2026-03-01",
        "valueQuantity": {"value": 40.0, "system": "http://unitsofmeasure.org", "code": "{copies}/mL"},
    }
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": urn, "resource": newcomer(name), "request": {"method": "POST", "url": "Patient"}},
            {
                "fullUrl": f"urn:uuid:{uuid4()}",
                "resource": observation,
                "request": {"method": "POST", "url": "Observation"},
            },
        ],
    }
