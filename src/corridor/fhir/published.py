"""The definitions that ship with the node: profiles, value sets, code systems, maps, operations, as they were built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

import corridor
from corridor.domain.errors import NotFoundError

CANONICAL = "https://corridor.example/fhir/"
"""What the canonical URL of each of them begins with; the type and the id follow."""

PUBLISHED = (
    "StructureDefinition",
    "ValueSet",
    "CodeSystem",
    "ConceptMap",
    "OperationDefinition",
    "SearchParameter",
    "CapabilityStatement",
)
"""Types of them: a node serves them to whoever is signed in, and nobody writes them."""


@cache
def shelf() -> Mapping[tuple[str, str], Path]:
    """Where each of them lies, by type and id; the files are read when they are asked for."""
    package = Path(corridor.__file__).parent
    packaged = package / "profiles"  # in an installed wheel; an editable checkout has them beside src
    folder = packaged if packaged.is_dir() else package.parents[1] / "profiles"
    found = {}
    for path in sorted([*folder.glob("*.json"), *folder.glob("built/*.json")]):
        resource_type, _, logical_id = path.stem.partition("-")
        if resource_type in PUBLISHED:
            found[resource_type, logical_id] = path
    return MappingProxyType(found)


def published(resource_type: str, id: str) -> bytes:
    """One definition as JSON bytes.

    Raises:
        NotFoundError: none of this id.
    """
    path = shelf().get((resource_type, id))
    if path is None:
        raise NotFoundError("There is no such definition here.")
    return path.read_bytes()


def ids(resource_type: str) -> tuple[str, ...]:
    """Ids of the definitions of a type, in order."""
    return tuple(name for kind, name in shelf() if kind == resource_type)


def definition(resource_type: str, id: str) -> dict[str, Any]:
    """One definition, read.

    Raises:
        NotFoundError: none of this id.
    """
    found: dict[str, Any] = orjson.loads(published(resource_type, id))
    return found


def id_of(url: str, resource_type: str) -> str:
    """The id of one of our definitions by its canonical URL, with or without a version; empty where it is not ours."""
    plain, _, _ = url.partition("|")
    logical_id = plain.removeprefix(f"{CANONICAL}{resource_type}/")
    return logical_id if (resource_type, logical_id) in shelf() and logical_id != plain else ""
