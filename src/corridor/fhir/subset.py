"""Parts of resources: summaries and chosen elements, cut out of stored bytes with every number as it was written.

Source: https://hl7.org/fhir/R4/search.html#summary and #elements
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.parse import Resource
from corridor.fhir.schema import RESOURCES, definitions, element_names

SUMMARIES = frozenset({"true", "text", "data", "count", "false"})

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""Tag of a resource that is sent in part, so that nobody stores it as the whole."""

_ALWAYS = frozenset({"resourceType", "id", "meta"})


@dataclass(frozen=True, slots=True)
class Subset:
    """What of a resource is sent.

    Attributes:
        summary: `true`, `text`, `data`, or anything else for the whole.
        elements: names of elements at the root; empty for all.
    """

    summary: str = ""
    elements: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether resources are sent as they are stored."""
        return self.summary not in _CUTS and not self.elements

    @property
    def of_included(self) -> Subset:
        """What is sent of resources that go along: chosen elements are elements of the matches alone."""
        return Subset(self.summary)

    def of(self, body: bytes) -> bytes:
        """What is sent of a stored resource, tagged as a part where it is one.

        Mandatory elements and those that change the meaning of others are always kept.
        """
        if self.is_whole:
            return body
        resource = read_exact(body)
        cut = _CUTS[self.summary](resource) if self.summary in _CUTS else _chosen(resource, self.elements)
        meta = dict(cut.get("meta", {}))
        meta["tag"] = [*meta.get("tag", ()), SUBSETTED]
        return write_exact(_in_order(resource, cut | {"meta": meta}))


WHOLE = Subset()


def is_element(resource_type: str, name: str) -> bool:
    """Whether a type has an element of this name at its root; a choice is named with or without its type."""
    return name in _names(resource_type)


@cache
def _names(resource_type: str) -> dict[str, frozenset[str]]:
    """JSON names by the names that an element can be asked for by."""
    found: dict[str, frozenset[str]] = {}
    for name, element in definitions()[resource_type].items():
        keys = [key for key, _ in element_names(name, element)]
        found |= {key: frozenset({key}) for key in keys}
        found[name.removesuffix("[x]")] = frozenset(keys)
    return found


def _in_order(resource: Resource, cut: Resource) -> Resource:
    names = ("resourceType", "id", "meta", *resource)
    return {name: cut[name] for name in dict.fromkeys(names) if name in cut}


def _members(resource: Resource, wanted: frozenset[str]) -> Resource:
    """Members of these names, each with the extensions of its primitive value."""
    return {name: value for name, value in resource.items() if name.removeprefix("_") in wanted}


@cache
def _kept(kind: str) -> frozenset[str]:
    """JSON names of the elements of a type that are in every part: mandatory ones, and those that change others."""
    elements = definitions()[kind].items()
    kept = [
        key
        for name, each in elements
        if each.get("min") or each.get("modifier")
        for key, _ in element_names(name, each)
    ]
    return _ALWAYS | frozenset(kept)


def _chosen(resource: Resource, elements: tuple[str, ...]) -> Resource:
    kind = resource["resourceType"]
    wanted = frozenset(key for each in elements for key in _names(kind).get(each, ()))
    return _members(resource, _kept(kind) | wanted)


def _text(resource: Resource) -> Resource:
    return _members(resource, _kept(resource["resourceType"]) | {"text"})


def _without_text(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name != "text"}


def _summary(resource: Resource) -> Resource:
    return _summarised(resource, resource["resourceType"])


def _summarised(node: Resource, kind: str) -> Resource:
    """The elements of a node that belong to a summary, and within them their own."""
    known = _summary_elements(kind)
    found: Resource = {}
    for name, value in node.items():
        inner = known.get(name.removeprefix("_"))
        if inner is not None:
            found[name] = value if name.startswith("_") else _inner(value, inner)
    return found


def _inner(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return [_inner(each, kind) for each in value]
    if not isinstance(value, dict) or kind not in definitions() or kind in {"Extension", "Meta"}:
        return value
    return _summarised(value, kind)


@cache
def _summary_elements(kind: str) -> dict[str, str]:
    """JSON names of the elements of a summary, with their types."""
    root = dict.fromkeys(_ALWAYS, "") if kind in RESOURCES else {}
    elements = definitions()[kind].items()
    wanted = [(name, each) for name, each in elements if each.keys() & {"summary", "min", "modifier"}]
    return root | {key: inner for name, each in wanted for key, inner in element_names(name, each)}


_CUTS: dict[str, Callable[[Resource], Resource]] = {"true": _summary, "text": _text, "data": _without_text}
