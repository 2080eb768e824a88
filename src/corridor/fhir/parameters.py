"""Search parameters of each type, as steps through a resource; the table is generated from R4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        steps: elements to go through; none where the whole resource is read.
        kind: FHIR type at the end.
        target: type that a reference must point at, or empty.
        system: code system that a plain code comes from, or empty.
        where: member and text that an element at the first step must have, or empty.
        numbered: True where facts carry the number of the part they are from, because a composite compares them.
    """

    parameter: str
    steps: tuple[str, ...]
    kind: str
    target: str = ""
    system: str = ""
    where: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of one type.

    Attributes:
        kind: `token`, `string`, `date`, `reference`, `uri`, `number`, `quantity` or `composite`.
        definition: address of its SearchParameter.
        routes: ways to its values.
        targets: held types that a reference may point at.
        components: of a composite, the parameters that it compares within one part.
    """

    name: str
    kind: str
    definition: str
    routes: tuple[Route, ...]
    targets: tuple[str, ...] = ()
    components: tuple[Parameter, ...] = ()


EVERYWHERE = frozenset({"_id", "_lastUpdated"})
"""Parameters of every type whose values a server writes itself: a resource has no facts of them."""

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
    """Search parameters of a type by name, without the ones that the server answers by itself (`EVERYWHERE`)."""
    known = known_parameters(resource_type)
    return {name: each for name, each in known.items() if name not in EVERYWHERE}


@cache
def known_parameters(resource_type: str) -> Mapping[str, Parameter]:
    """Every parameter that a search of this type may name."""
    rows = parameter_table()["Resource"] | parameter_table()["DomainResource"] | parameter_table()[resource_type]
    found = {name: _parameter(resource_type, name, row) for name, row in rows.items()}
    for name, row in rows.items():
        components = tuple(found[each] for each in row.get("components", ()))
        found[name] = replace(found[name], components=components)
    name, routes = _CLINICAL_DATE.get(resource_type, ("", ()))
    if routes:
        found[name] = Parameter(name, "date", OWN + f"{resource_type}-date", routes)
    if name and "date" not in found:
        found["date"] = Parameter("date", "date", OWN + f"{resource_type}-date", _as_date(found[name].routes))
    return found


@cache
def refused_parameters(resource_type: str) -> Mapping[str, str]:
    """Parameters that R4 has for a type and that are not answered here, with the reason."""
    refused = parameter_table()["refused"]
    found: dict[str, str] = {}
    for each in ("Resource", "DomainResource", resource_type):
        found |= refused.get(each, {})
    return found


def _parameter(resource_type: str, name: str, row: dict[str, Any]) -> Parameter:
    routes = tuple(_route(resource_type, name, path) for path in row["paths"])
    return Parameter(name, row["type"], row["definition"], routes, tuple(row.get("targets", ())))


def _route(resource_type: str, name: str, path: dict[str, Any]) -> Route:
    steps, kind = tuple(path["steps"]), path["kind"]
    return Route(
        parameter=name,
        steps=steps,
        kind=kind,
        target=path.get("target", ""),
        system=_system(resource_type, steps) if kind == "code" else "",
        where=tuple(path.get("where", ())),
        numbered=path.get("numbered", False),
    )


def _system(resource_type: str, steps: Sequence[str]) -> str:
    """The one system of a plain code's required binding; the JSON of a code does not name it."""
    owner = resource_type
    for step in steps[:-1]:
        owner = definitions()[owner][step]["type"][0]
    systems = [*bindings().get(definitions()[owner].get(steps[-1], {}).get("codes", ""), ())]
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
