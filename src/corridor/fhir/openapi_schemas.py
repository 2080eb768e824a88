"""The JSON Schemas of the node's resource types as components of an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from corridor.fhir.schema import Schema, json_schema

_REF = "#/$defs/"
_COMPONENTS = "#/components/schemas/"
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]")


def component(name: str) -> Schema:
    """A reference to the schema of a type."""
    return {"$ref": _COMPONENTS + _FOREIGN.sub("-", name)}


def components(resource_types: Iterable[str]) -> dict[str, Schema]:
    """Schemas of the types and of everything that they are made of, each once, by name.

    Source: https://spec.openapis.org/oas/v3.1.0#components-object
    """
    found: dict[str, Schema] = {}
    for resource_type in resource_types:
        schema = json_schema(resource_type)
        shared = schema.pop("$defs")
        schema.pop("$schema")
        for name, each in ((resource_type, schema), *shared.items()):
            key = _FOREIGN.sub("-", name)
            if key not in found:
                found[key] = _moved(each)
    return dict(sorted(found.items()))


def _moved(node: Any) -> Any:
    """The same schema, its references led to the components."""
    if isinstance(node, list):
        return [_moved(each) for each in node]
    if not isinstance(node, dict):
        return node
    target = node.get("$ref")
    if isinstance(target, str):
        return component(target.removeprefix(_REF))
    return {name: _moved(each) for name, each in node.items()}
