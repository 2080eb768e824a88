"""Records as they leave in a summary: without what points at a record that stays home, and without who somebody is.

`left_out` does this for the exchange, in templates; here the records are as they are stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from corridor.domain.record import Record
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.leaving_person import leaving_person, tells_origin
from corridor.fhir.schema import HELD

Going = frozenset[str]
"""`Type/id` of every record that leaves."""

ACTORS = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location", "Medication"})
"""Types that no consent withholds: they go along with what refers to them."""

_GONE: Any = object()
"""Stands for what was taken out."""
_HELD = "|".join(sorted({*HELD, "Binary", "RelatedPerson"} - ACTORS))
_LITERAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_NAMED = re.compile(rf"\b((?:{_HELD})/[A-Za-z0-9\-.]{{1,64}})")
_ADDRESSES = frozenset({"url", "uri", "valueUri", "valueUrl", "valueCanonical", "valueUuid"})
_EXTENSIONS = frozenset({"extension", "modifierExtension"})
_NEEDED = frozenset({"actor", "link", "div"})
"""Members without which what holds them means nothing: a performer's actor, a medium's link, a narrative's text."""
_TO_RECORDS = frozenset(
    {"assessment", "basedOn", "context", "derivedFrom", "detail", "detectedIssue", "encounter", "eventHistory", "focus"}
    | {"hasMember", "imagingStudy", "partOf", "priorPrescription", "reasonReference", "result", "specimen"}
    | {"statusReasonReference", "supportingInformation", "valueReference"}
)
"""Elements that refer to records: there an identifier or a name says as much as an address."""


def leaving(records: Sequence[Record], home: str) -> tuple[Record, ...]:
    """The permitted records of somebody as they leave in a summary: the same whether there is anything else or not.

    A reference to what does not go is left out with what only held it, and so is a narrative that names it. A Consent
    that would lose something stays home whole: less of it could permit more.

    Args:
        records: what a consent lets go, the Patient first.
        home: alpha-2 code of the country that makes the summary.

    Source: TRUST, invariants 5 and 6; ADR 46.
    """
    read = [(each, read_exact(each.body or b"{}")) for each in records]
    names = frozenset(f"{each.resource_type}/{each.id}" for each in records)
    losing = {
        f"Consent/{each.id}"
        for each, resource in read
        if each.resource_type == "Consent" and _left(resource, names, home) != _bare(resource)
    }
    going = names - losing
    return tuple(
        # Every one is written anew: the blanks that a system put between its words would tell which were cut.
        replace(each, body=write_exact(_left(resource, going, home)))
        for each, resource in read
        if f"{each.resource_type}/{each.id}" in going
    )


def _left(resource: Any, going: Going, home: str) -> Any:
    whole = leaving_person(resource, home) if resource.get("resourceType") == "Patient" else _bare(resource)
    return _without(whole, "", going)


def _bare(resource: Any) -> Any:
    """Of what is said about a record only its profiles stay: the number of a version counts what happened."""
    profiles = resource.get("meta", {}).get("profile")
    bare = {name: value for name, value in resource.items() if name != "meta"}
    return bare | ({"meta": {"profile": profiles}} if profiles else {})


def _without(node: Any, name: str, going: Going) -> Any:
    """What is left of a node of the element `name`, or that it is gone."""
    if isinstance(node, list):
        return _list(node, name, going)
    if isinstance(node, dict):
        return _GONE if _stays(node, name, going) else _members(node, going)
    if isinstance(node, str) and (name in _ADDRESSES or name == "div") and _names_more(node, going):
        return _GONE
    return node


def _list(items: list[Any], name: str, going: Going) -> Any:
    left = [_without(each, name, going) for each in items]
    if name.startswith("_"):  # stands beside a list of values, place by place
        left = [None if each is _GONE else each for each in left]
        return left if any(left) or not any(items) else _GONE
    left = [each for each in left if each is not _GONE]
    return left if left or not items else _GONE


def _members(node: dict[str, Any], going: Going) -> Any:
    walk = partial(_without, going=going)
    left = {name: walk(value, name) for name, value in node.items()}
    lost = {name for name, value in left.items() if value is _GONE}
    kept = {name: value for name, value in left.items() if name not in lost}
    return _GONE if lost & _NEEDED or (lost and not kept.keys() - {"id", "url"}) else kept


def _stays(node: dict[str, Any], name: str, going: Going) -> bool:
    """Whether a node is a reference to what does not go, or tells of origin."""
    if name in _EXTENSIONS and tells_origin(node):
        return True
    literal = node.get("reference")
    if isinstance(literal, str):
        return not _goes(literal, going)
    return name in _TO_RECORDS and bool(node.keys() & {"identifier", "display"})


def _goes(literal: str, going: Going) -> bool:
    found = _LITERAL.fullmatch(literal)
    if found is None:
        return literal.startswith("#")
    return found[1] in going or found[1].partition("/")[0] in ACTORS


def _names_more(text: str, going: Going) -> bool:
    return any(each not in going for each in _NAMED.findall(text))
