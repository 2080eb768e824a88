"""Sex and year of birth as each country has them, read from the pseudonymised Patient of its answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from corridor.domain.care.doubts import ToldPerson
from corridor.domain.country import Country
from corridor.domain.history import Entry

_LONGEST = 10


def told_people(entries: Iterable[Entry], country: Country) -> tuple[ToldPerson, ...]:
    """The person as one country has them; nothing where it told neither sex nor birth.

    Source: https://hl7.org/fhir/R4/patient.html
    """
    return tuple(_told(entries, country))


def _told(entries: Iterable[Entry], country: Country) -> Iterator[ToldPerson]:
    for entry in entries:
        if entry.resource_type != "Patient":
            continue
        try:
            resource = json.loads(entry.body)
        except (ValueError, RecursionError):
            continue
        if isinstance(resource, dict):
            sex, birth = resource.get("gender"), resource.get("birthDate")
            told = ToldPerson(country, _text(sex), _text(birth))
            if told.sex or told.birth:
                yield told


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
