"""Regimens and dispenses as each country writes them: coded in ATC, as a pharmacy's abbreviation, or in full words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from demo.drugs import ABBREVIATIONS, ATC, PRODUCTS, Product
from demo.places import clinic, doctor
from demo.values import LAST_DAY, Person, Regimen, Registration

BOX_DAYS = 90
"""A dispense covers three months."""

LINES = {0: "Tuberculosis", 1: "Primera línea", 2: "Segunda línea", 3: "Tercera línea"}

_BY_HAND = frozenset({"VE", "EC"})
"""Countries whose clinics write a whole regimen as one text."""


def medicines(person: Person, registration: Registration) -> Iterator[dict[str, Any]]:
    """MedicationStatements of all regimens, with Medications where the country keeps them, and the last dispenses."""
    for place, regimen in enumerate(registration.care.regimens):
        for turn, products in enumerate(_split(regimen, registration.country)):
            key = f"{registration.id}-{place}-{turn}"
            if registration.country == "CL":
                yield _medication(PRODUCTS[products[0]], key)
            yield _statement(person, registration, regimen=regimen, products=products, key=key)
            yield from _dispenses(person, registration, regimen=regimen, products=products, key=key)


def _split(regimen: Regimen, country: str) -> list[tuple[str, ...]]:
    return [regimen.products] if country in _BY_HAND else [(product,) for product in regimen.products]


def _concept(products: tuple[str, ...], country: str) -> dict[str, Any]:
    if country == "VE":
        return {"text": " + ".join(ABBREVIATIONS.get(product, product) for product in products)}
    if country == "EC":
        return {"text": " + ".join(PRODUCTS[product].strength for product in products)}
    product = PRODUCTS[products[0]]
    text = product.strength if country == "PE" else product.name
    return {"coding": [{"system": ATC, "code": product.atc, "display": product.name}], "text": text}


def _medicine(products: tuple[str, ...], country: str, *, key: str) -> dict[str, Any]:
    if country == "CL":
        return {"medicationReference": {"reference": f"Medication/{key}"}}
    return {"medicationCodeableConcept": _concept(products, country)}


def _medication(product: Product, key: str) -> dict[str, Any]:
    return {
        "resourceType": "Medication",
        "id": key,
        "status": "active",
        "code": {"coding": [{"system": ATC, "code": product.atc}], "text": product.name},
        "ingredient": [
            {"itemCodeableConcept": {"coding": [{"system": ATC, "code": code}], "text": substance}}
            for code, substance in product.ingredients
        ],
    }


def _statement(
    person: Person, registration: Registration, *, regimen: Regimen, products: tuple[str, ...], key: str
) -> dict[str, Any]:
    country, doses = registration.country, "; ".join(PRODUCTS[product].dosage for product in products)
    period = {"start": regimen.start.isoformat()} | ({"end": regimen.end.isoformat()} if regimen.end else {})
    statement = {
        "resourceType": "MedicationStatement",
        "id": key,
        "status": _status(regimen),
        **_medicine(products, country, key=key),
        "subject": {"reference": f"Patient/{registration.id}"},
        "effectivePeriod": period,
        "dateAsserted": (regimen.end or regimen.start).isoformat(),
        "informationSource": doctor(country, person.number),
        "dosage": [{"text": doses}],
        "note": [{"text": f"{LINES[regimen.line]}. Indicado por {doctor(country, person.number)['display']}."}],
    }
    return statement | ({"statusReason": [{"text": regimen.stopped}]} if regimen.stopped else {})


def _status(regimen: Regimen) -> str:
    if regimen.end is None:
        return "active"
    return "stopped" if regimen.stopped in {"Desabastecimiento", "Salida del país"} else "completed"


def _dispenses(
    person: Person, registration: Registration, *, regimen: Regimen, products: tuple[str, ...], key: str
) -> Iterator[dict[str, Any]]:
    until = regimen.end or LAST_DAY
    latest = [until - timedelta(days=BOX_DAYS * back) for back in (2, 1)]
    for turn, on in enumerate(day for day in latest if day >= regimen.start):
        yield {
            "resourceType": "MedicationDispense",
            "id": f"{key}-{turn}",
            "status": "completed",
            **_medicine(products, registration.country, key=key),
            "subject": {"reference": f"Patient/{registration.id}"},
            "performer": [{"actor": clinic(registration.country, person.number)}],
            **_amount(products, on),
        }


def _amount(products: tuple[str, ...], on: date) -> dict[str, Any]:
    daily = sum(PRODUCTS[product].daily for product in products)
    days = {"value": BOX_DAYS, "unit": "día", "system": "http://unitsofmeasure.org", "code": "d"}
    return {
        "quantity": {"value": daily * BOX_DAYS, "unit": "tableta"},
        "daysSupply": days,
        "whenHandedOver": on.isoformat(),
    }
