"""Answers of the terminology operations, as R4 writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from corridor.fhir.bundle import instant
from corridor.fhir.code_systems import CodeSystem, Concept
from corridor.fhir.concept_maps import Row
from corridor.fhir.subsumption import Subsumption
from corridor.fhir.terminology import Expansion, Verdict

Part = dict[str, Any]


def expansion(found: Expansion, *, id: str, at: datetime, asked: dict[str, str | int]) -> bytes:
    """A ValueSet with its codes.

    Args:
        found: the page.
        id: of this expansion, a UUID.
        at: when it was made.
        asked: parameters that had an effect, by name.

    Source: https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.expansion
    """
    told = [{"name": name, _typed(value): value} for name, value in asked.items()]
    listed: Part = {"identifier": f"urn:uuid:{id}", "timestamp": instant(at), "total": found.total}
    if "offset" in asked or "count" in asked:
        listed["offset"] = found.offset
    if told:
        listed["parameter"] = told
    if found.concepts:
        listed["contains"] = [_coding(each) for each in found.concepts]
    resource = {
        "resourceType": "ValueSet",
        "url": found.url,
        "version": found.version,
        "title": found.title,
        "status": "active",
        "expansion": listed,
    }
    return orjson.dumps({name: value for name, value in resource.items() if value})


def _typed(value: str | int) -> str:
    return "valueInteger" if isinstance(value, int) else "valueString"


def _coding(concept: Concept) -> Part:
    named = {"system": concept.system, "code": concept.code, "display": concept.display}
    return {name: value for name, value in named.items() if value}


def verdict(found: Verdict) -> bytes:
    """What `$validate-code` says.

    Source: https://hl7.org/fhir/R4/valueset-operation-validate-code.html
    """
    parts: list[Part] = [{"name": "result", "valueBoolean": found.holds}]
    if found.message:
        parts.append({"name": "message", "valueString": found.message})
    if found.concept:
        parts.append({"name": "display", "valueString": found.concept.display})
    return _parameters(parts)


def looked_up(system: CodeSystem, concept: Concept, *, only: Collection[str] = ()) -> bytes:
    """What `$lookup` says: names, and what stands directly above and below.

    Args:
        system: of the code.
        concept: the code.
        only: properties that are wanted besides the names; none for all.

    Source: https://hl7.org/fhir/R4/codesystem-operation-lookup.html
    """
    parts: list[Part] = [{"name": "name", "valueString": system.name}]
    if system.version:
        parts.append({"name": "version", "valueString": system.version})
    parts.append({"name": "display", "valueString": concept.display})
    near = {"parent": system.parents, "child": system.children}
    for name, codes in near.items():
        if not only or name in only:
            parts += [_property(name, code) for code in sorted(codes.get(concept.code, ()))]
    return _parameters(parts)


def _property(name: str, code: str) -> Part:
    return {"name": "property", "part": [{"name": "code", "valueCode": name}, {"name": "value", "valueCode": code}]}


def subsumed(found: Subsumption) -> bytes:
    """What `$subsumes` says.

    Source: https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
    """
    return _parameters([{"name": "outcome", "valueCode": found.value}])


def translated(rows: Iterable[Row]) -> bytes:
    """What `$translate` says: every mapping, and whether there is one at all.

    Source: https://hl7.org/fhir/R4/conceptmap-operation-translate.html
    """
    matches = [{"name": "match", "part": [*_match(row)]} for row in rows]
    parts: list[Part] = [{"name": "result", "valueBoolean": bool(matches)}]
    if not matches:
        parts.append({"name": "message", "valueString": "No concept map here says what this code means there."})
    return _parameters([*parts, *matches])


def _match(row: Row) -> Iterator[Part]:
    yield {"name": "equivalence", "valueCode": row.equivalence}
    yield {"name": "concept", "valueCoding": _coding(row.target)}
    yield {"name": "source", "valueUri": row.map_url}


def _parameters(parts: list[Part]) -> bytes:
    return orjson.dumps({"resourceType": "Parameters", "parameter": parts})
