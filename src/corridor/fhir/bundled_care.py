"""The resources of a Bundle as events of care, without a node: nothing is stored, nothing is refused for its rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corridor.domain.care.event import Event
from corridor.domain.country import Country, country
from corridor.domain.errors import CorridorError, InvalidError, MalformedError
from corridor.fhir.events import MEDICATION, told_events
from corridor.fhir.medication import inline_medication
from corridor.fhir.projection_writers import Number

Resource = dict[str, Any]

_SOURCE = re.compile(r"/country/([A-Za-z]{2})(?:/|$)")
_DEEPEST = 4
"""Bundles inside Bundles, as documents inside a search result."""


def bundled_events(content: bytes, where: Country) -> tuple[Event, ...]:
    """The events of a Bundle, of a single resource, or of one resource a line (ndjson).

    Args:
        content: JSON in UTF-8.
        where: the country that told what does not say itself, in `meta.source`, which country told it.

    Raises:
        MalformedError: not JSON.
        InvalidError: JSON, but no resource.
    """
    found = [(url, _source(resource, url, number), resource) for number, (url, resource) in enumerate(_all(content))]
    drugs = {name: each for url, source, each in found if source.startswith("Medication/") for name in (url, source)}
    told: dict[Country, list[tuple[str, Resource]]] = {}
    for _, source, resource in found:
        told.setdefault(_country(resource, where), []).append((source, _linked(resource, drugs)))
    return tuple(event for place, rows in told.items() for event in told_events(rows, place))


def _all(content: bytes) -> Iterator[tuple[str, Resource]]:
    yield from _resources(_parsed(content), _DEEPEST)


def _linked(resource: Resource, drugs: dict[str, Resource]) -> Resource:
    """The resource with the drug in place of a link to a Medication, whatever the Bundle called it."""
    reference = resource.get("medicationReference")
    target = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(target, str):
        return resource
    match = MEDICATION.search(target)
    return inline_medication(resource, drugs.get(target) or (drugs.get(match[1]) if match else None))


def _parsed(content: bytes) -> list[Any]:
    try:
        found = [json.loads(content, parse_float=Number)]
    except (ValueError, RecursionError):
        found = [_line(line) for line in content.splitlines() if line.strip()]
    if not any(isinstance(each, dict) and "resourceType" in each for each in found):
        raise InvalidError("This is no FHIR Bundle: an object with a resourceType was expected.")
    return found


def _line(line: bytes) -> Any:
    try:
        return json.loads(line, parse_float=Number)
    except (ValueError, RecursionError):
        raise MalformedError("This is neither a Bundle in JSON nor one resource a line.") from None


def _resources(found: list[Any], depth: int) -> Iterator[tuple[str, Resource]]:
    """Each resource with its full URL; what is no object is kept as one that says nothing."""
    for each in found:
        resource = each if isinstance(each, dict) else {}
        rows = resource.get("entry")
        if resource.get("resourceType") != "Bundle" or not isinstance(rows, list) or not depth:
            yield "", resource
            continue
        for row in rows:
            inner = row.get("resource") if isinstance(row, dict) else None
            url = row.get("fullUrl") if isinstance(row, dict) else None
            if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
                yield from _resources([inner], depth - 1)
            else:
                yield url if isinstance(url, str) else "", inner if isinstance(inner, dict) else {}


def _source(resource: Resource, url: str, number: int) -> str:
    """`Type/id`: the resource's own id, else the end of its full URL, else its place."""
    resource_type, name = resource.get("resourceType"), resource.get("id")
    own = name if isinstance(name, str) and name else re.split(r"[/:]", url)[-1] or f"entry-{number + 1}"
    return f"{resource_type if isinstance(resource_type, str) else 'Unknown'}/{own}"


def _country(resource: Resource, where: Country) -> Country:
    meta = resource.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    match = _SOURCE.search(source) if isinstance(source, str) else None
    try:
        return country(match[1].upper()) if match else where
    except CorridorError:
        return where
