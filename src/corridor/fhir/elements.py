"""Every element of every R4 type, in the order of its definition: what XML needs to know beyond JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Member:
    """One JSON name of an element; a choice has one for each of its types.

    Attributes:
        kind: FHIR type, such as `HumanName`, `decimal`, `Patient.contact`, `xhtml` or `Resource`.
        many: whether it is a list.
        order: place among its brothers; names of one choice share it.
        attribute: whether XML writes it as an attribute: `id` of an element, `url` of an extension.
    """

    kind: str
    many: bool
    order: int
    attribute: bool


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, Any] = orjson.loads(files("corridor.fhir.definitions").joinpath("elements.json").read_bytes())
    return table


@cache
def resource_types() -> frozenset[str]:
    """Every resource type of R4."""
    return frozenset(_table()["meta"]["resources"])


@cache
def members(kind: str) -> dict[str, Member]:
    """Elements of a type by JSON name, in order; empty for a type that has none."""
    found: dict[str, Member] = {}
    is_resource = kind in resource_types()
    for order, (name, written) in enumerate(_table().get(kind, {}).items()):
        types, many = written.rstrip("*").split(" "), written.endswith("*")
        stem = name.removesuffix("[x]")
        for each in types:
            key = stem + each[0].upper() + each[1:] if stem != name else name
            found[key] = Member(each, many, order, _is_attribute(kind, name, is_resource=is_resource))
    return found


def _is_attribute(kind: str, name: str, *, is_resource: bool) -> bool:
    return (name == "id" and not is_resource) or (kind == "Extension" and name == "url")


def is_complex(kind: str) -> bool:
    """Whether a type has elements of its own."""
    return kind in _table()
