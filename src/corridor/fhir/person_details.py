"""Telephones, addresses, birth place and mother's name of a FHIR Patient, as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_MOTHER = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"


def details(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is written of a person beside names, birth date and papers, as (kind, text).

    Kinds are `phone`, `address`, `postcode`, `residence`, `birth-place` and `mother`. What is marked as old is left
    out.

    Args:
        resource: a valid FHIR Patient.

    Source: http://hl7.org/fhir/R4/patient.html
    """
    yield from _phones(resource)
    for each in resource.get("address", ()):
        if each.get("use") != "old":
            yield from _address(each)
    yield from _extended(resource)


def _phones(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in resource.get("telecom", ()):
        if each.get("system") in {"phone", "sms"} and each.get("use") != "old":
            yield "phone", each.get("value", "")


def _extended(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in resource.get("extension", ()):
        if each.get("url") == _BIRTH_PLACE:
            yield "birth-place", _town(each.get("valueAddress", {}))
        elif each.get("url") == _MOTHER:
            yield "mother", each.get("valueString", "")


def _address(address: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "address", " ".join(line for line in address.get("line", ()) if line)
    yield "postcode", address.get("postalCode", "")
    yield "residence", _town(address)


def _town(address: dict[str, Any]) -> str:
    found = (address.get(part, "") for part in ("city", "district", "state"))
    return next((each for each in found if each), "")
