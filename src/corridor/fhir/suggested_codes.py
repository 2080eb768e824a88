"""Codes of others where R4 names a value set to be taken first: odd, and worth a remark, but nothing to refuse.

Source: https://hl7.org/fhir/R4/terminologies.html#extensible
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor.domain.errors import Issue
from corridor.fhir.published import CANONICAL
from corridor.fhir.schema import definitions, element_names, is_resource
from corridor.fhir.value_sets import value_set

Resource = dict[str, Any]


_CALLED_FOR = f"{CANONICAL}ValueSet/identity-papers"
"""Kinds of papers that our own profiles call for; for some of them R4's value set has no code."""


def unlisted(resource: Resource) -> Iterator[Issue]:
    """Every coded value of a valid resource that has codes, but none of the value set that comes first there."""
    kind = resource["resourceType"]
    yield from _node(resource, kind, kind)


def codings_of(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The codings of a concept; anything else with a code, such as a coding or an amount, is its own."""
    if "code" in value:
        return [value]
    return [each for each in value.get("coding", ()) if each and "code" in each]


def _node(node: Mapping[str, Any], kind: str, at: str) -> Iterator[Issue]:
    for name, element in definitions()[kind].items():
        for key, inner in element_names(name, element):
            several = bool(element.get("many"))
            for index, value in enumerate(_values(node.get(key))):
                place = f"{at}.{name.removesuffix('[x]')}" + (f"[{index}]" if several else "")
                yield from _value(value, element, kind=inner, at=place)


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(value: Any, element: Mapping[str, Any], *, kind: str, at: str) -> Iterator[Issue]:
    if not isinstance(value, dict):
        return
    if "extensible" in element and kind in {"CodeableConcept", "Coding"}:
        yield from _bound(value, element["extensible"], at)
    inner = value.get("resourceType", kind) if kind == "Resource" else kind
    if kind == "Resource" and not is_resource(inner):
        return
    yield from _node(value, inner, at)


def _bound(value: Mapping[str, Any], url: str, at: str) -> Iterator[Issue]:
    named = {(each.get("system", ""), each["code"]) for each in codings_of(value)}
    if named and all(named.isdisjoint(value_set(each).concepts) for each in (url, _CALLED_FOR)):
        yield Issue("code-invalid", f"None of the codes is of {url}, which comes first where it has one that fits.", at)
