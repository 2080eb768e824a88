"""A CapabilityStatement in the order in which people ask: where, how, what, and with which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from corridor.fhir.published import definition, ids

Row = dict[str, Any]

COLUMNS = ("read", "search-type", "create", "update", "patch", "delete", "history-instance")
"""Interactions that are told for each type, in order."""


@dataclass(frozen=True, slots=True)
class TypeOverview:
    """One resource type.

    Attributes:
        interactions: codes of what can be done with it.
        parameters: name and type of what it is searched by.
        includes: what a search can send along that a match refers to.
        revincludes: what it can send along that refers to a match.
        operations: names without `$`.
        profiles: ids of our profiles of it.
    """

    name: str
    interactions: frozenset[str]
    parameters: tuple[tuple[str, str], ...]
    includes: tuple[str, ...]
    revincludes: tuple[str, ...]
    operations: tuple[str, ...]
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperationOverview:
    """One operation: the types that have it (none for the whole base), and the URL of its definition."""

    name: str
    types: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What a base speaks.

    Attributes:
        formats: media types that are read and written.
        patches: media types of patches.
        whole: codes of interactions with the base as a whole.
        guides: URLs of guides that are followed in part.
        instantiates: URLs of statements that it keeps whole.
        documentation: what else is said of it.
    """

    base_url: str
    version: str
    formats: tuple[str, ...]
    patches: tuple[str, ...]
    whole: tuple[str, ...]
    guides: tuple[str, ...]
    instantiates: tuple[str, ...]
    documentation: str
    types: tuple[TypeOverview, ...]
    operations: tuple[OperationOverview, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One definition that ships with the node: `about` is the type of a profile, and empty for others."""

    id: str
    title: str
    url: str
    about: str = ""


def overview(statement: bytes) -> Overview:
    """The overview of a server's CapabilityStatement.

    Source: https://hl7.org/fhir/R4/capabilitystatement.html
    """
    stated = orjson.loads(statement)
    (rest,) = stated["rest"]
    return Overview(
        base_url=stated["implementation"]["url"],
        version=stated["software"]["version"],
        formats=tuple(stated["format"]),
        patches=tuple(stated.get("patchFormat", ())),
        whole=_codes(rest.get("interaction", ())),
        guides=tuple(stated.get("implementationGuide", ())),
        instantiates=tuple(stated.get("instantiates", ())),
        documentation=rest.get("documentation", ""),
        types=tuple(_type(row) for row in rest["resource"]),
        operations=tuple(_operations(rest)),
    )


def _codes(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(each["code"] for each in rows)


def _type(row: Row) -> TypeOverview:
    return TypeOverview(
        name=row["type"],
        interactions=frozenset(_codes(row["interaction"])),
        parameters=tuple(sorted((each["name"], each["type"]) for each in row.get("searchParam", ()))),
        includes=tuple(row.get("searchInclude", ())),
        revincludes=tuple(row.get("searchRevInclude", ())),
        operations=tuple(each["name"] for each in row.get("operation", ())),
        profiles=tuple(url.rpartition("/")[2] for url in row.get("supportedProfile", ())),
    )


def _operations(rest: Row) -> Iterator[OperationOverview]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in (rest, *rest["resource"]):
        for each in row.get("operation", ()):
            found.setdefault((each["name"], each["definition"]), []).extend([row["type"]] if "type" in row else [])
    for (name, url), types in sorted(found.items()):
        yield OperationOverview(name, tuple(types), url)


@cache
def published_profiles() -> tuple[Published, ...]:
    """Our profiles of resources, by id; extensions are left out."""
    read = (definition("StructureDefinition", each) for each in ids("StructureDefinition"))
    return tuple(Published(each["id"], each["title"], each["url"], each["type"]) for each in read if _is_profile(each))


def _is_profile(resource: Row) -> bool:
    return bool(resource["type"] != "Extension")


@cache
def published_words() -> tuple[tuple[str, tuple[Published, ...]], ...]:
    """Value sets, code systems and concept maps that ship with the node, by type."""
    return tuple((kind, tuple(_published(kind))) for kind in ("ValueSet", "CodeSystem", "ConceptMap"))


def _published(kind: str) -> Iterator[Published]:
    for each in ids(kind):
        read = definition(kind, each)
        yield Published(each, read["title"], read["url"])
