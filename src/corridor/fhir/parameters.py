"""Search parameters of each type, as steps through a resource; the table is generated from R4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from corridor.fhir.schema import HELD, bindings, definitions, parameter_table

OWN = "https://corridor.example/fhir/SearchParameter/"
"""Definitions of the parameters that R4 does not have."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a parameter's value.

    Attributes:
        parameter: the parameter's name.
        steps: elements to go through.
        kind: FHIR type at the end.
        target: type that a reference must point at, or empty.
        system: code system that a plain code comes from, or empty.
    """

    parameter: str
    steps: tuple[str, ...]
    kind: str
    target: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of one type: `kind` is `token`, `string`, `date`, `reference` or `uri`."""

    name: str
    kind: str
    definition: str
    routes: tuple[Route, ...]


_CLINICAL_DATE: dict[str, tuple[str, tuple[Route, ...]]] = {
    "MedicationStatement": ("effective", ()),
    "Observation": ("date", ()),
    "Condition": ("date", (Route("date", ("onsetDateTime",), "dateTime"), Route("date", ("onsetPeriod",), "Period"))),
    "MedicationRequest": ("authoredon", ()),
    "MedicationDispense": ("date", (Route("date", ("whenHandedOver",), "dateTime"),)),
    "AllergyIntolerance": ("date", ()),
    "Immunization": ("date", ()),
    "DiagnosticReport": ("date", ()),
    "DocumentReference": ("date", ()),
    "Specimen": ("collected", ()),
    "Encounter": ("date", ()),
    "Consent": ("date", ()),
    "Provenance": ("recorded", ()),
    "AuditEvent": ("date", ()),
}
"""The parameter that tells when it happened; `date` with routes of its own where R4 has none of that name."""

_MAIN_CODE = {"Immunization": "vaccine-code", "DocumentReference": "type", "Specimen": "type", "Encounter": "type"}


@cache
def parameters(resource_type: str) -> Mapping[str, Parameter]:
    """Search parameters of a type by name, without the ones that every type has (`_id`, `_lastUpdated`)."""
    rows = parameter_table()[resource_type]
    found = {name: _parameter(resource_type, name, row) for name, row in rows.items()}
    name, routes = _CLINICAL_DATE.get(resource_type, ("", ()))
    if routes:
        found[name] = Parameter(name, "date", OWN + f"{resource_type}-date", routes)
    if name and "date" not in found:
        found["date"] = Parameter("date", "date", OWN + f"{resource_type}-date", _as_date(found[name].routes))
    return found


def _parameter(resource_type: str, name: str, row: dict[str, Any]) -> Parameter:
    routes = tuple(_route(resource_type, name, path) for path in row["paths"])
    return Parameter(name, row["type"], row["definition"], routes)


def _route(resource_type: str, name: str, path: list[Any]) -> Route:
    steps, kind, *target = path
    system = _system(resource_type, steps) if kind == "code" else ""
    return Route(name, tuple(steps), kind, target[0] if target else "", system)


def _system(resource_type: str, steps: list[str]) -> str:
    """The one system of a plain code's required binding; the JSON of a code does not name it."""
    owner = ".".join([resource_type, *steps[:-1]])
    systems = [*bindings().get(definitions()[owner][steps[-1]].get("codes", ""), ())]
    return systems[0] if len(systems) == 1 else ""


def _as_date(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    return tuple(replace(each, parameter="date") for each in routes)


def clinical_date(resource_type: str) -> str:
    """Name of the date parameter that tells when it happened, or empty for types without one."""
    return _CLINICAL_DATE.get(resource_type, ("", ()))[0]


def main_code(resource_type: str) -> str:
    """Name of the token parameter that tells what it is."""
    name = _MAIN_CODE.get(resource_type, "code")
    return name if name in parameters(resource_type) else ""


def every_parameter() -> Iterator[tuple[str, Parameter]]:
    """All parameters of all stored types, with their type."""
    for resource_type in HELD:
        for parameter in parameters(resource_type).values():
            yield resource_type, parameter
