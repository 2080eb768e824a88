"""Search parameters of ours that R4 does not have, as SearchParameter resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from corridor.domain.errors import NotFoundError
from corridor.fhir.parameters import OWN, Parameter, Route, every_parameter
from corridor.fhir.schema import definitions

_COMPARATORS = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]


@cache
def own_parameters() -> Mapping[str, dict[str, Any]]:
    """The resources by id, such as `Condition-date`."""
    own = ((kind, each) for kind, each in every_parameter() if each.definition.startswith(OWN))
    return MappingProxyType({each.definition.removeprefix(OWN): _resource(kind, each) for kind, each in own})


def search_parameter(id: str) -> bytes:
    """One of them.

    Raises:
        NotFoundError: there is none of this id.

    Source: https://hl7.org/fhir/R4/searchparameter.html
    """
    if id not in own_parameters():
        raise NotFoundError("This base defines no such search parameter.")
    return orjson.dumps(own_parameters()[id], option=orjson.OPT_INDENT_2)


def _resource(resource_type: str, parameter: Parameter) -> dict[str, Any]:
    resource = {
        "resourceType": "SearchParameter",
        "id": parameter.definition.removeprefix(OWN),
        "url": parameter.definition,
        "version": "0.1.0",
        "name": f"{resource_type}{parameter.name.capitalize()}",
        "status": "active",
        "date": "2026-11-22",
        "publisher": "Corridor",
        "description": f"When it happened, under the same name for every type: {resource_type}.",
        "code": parameter.name,
        "base": [resource_type],
        "type": parameter.kind,
        "expression": " | ".join(_path(resource_type, route) for route in parameter.routes),
    }
    return resource | ({"comparator": _COMPARATORS} if parameter.kind == "date" else {})


def _path(resource_type: str, route: Route) -> str:
    """A route in FHIRPath: one type of a choice is `(Condition.onset as Period)`."""
    *steps, last = route.steps
    owner = resource_type
    for step in steps:
        owner = definitions()[owner][step]["type"][0]
    chosen = route.kind[0].upper() + route.kind[1:]
    stem = last.removesuffix(chosen)
    if f"{stem}[x]" in definitions()[owner]:
        return f"({'.'.join((resource_type, *steps, stem))} as {route.kind})"
    return ".".join((resource_type, *route.steps))
