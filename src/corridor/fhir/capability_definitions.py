"""What the CapabilityStatement says of profiles, validation, terminology and the definitions that ship with a node."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from corridor.fhir.capability_operations import OF_TYPE
from corridor.fhir.definition_search import searched_by
from corridor.fhir.published import PUBLISHED, definition, ids

_DOCUMENTED = {
    "ValueSet": "Operations also know the R4 value sets that held types are bound to, by url.",
    "CodeSystem": "Operations also know the R4 code systems of those value sets; LOINC, SNOMED CT and ATC in part.",
}


@cache
def supported_profiles(resource_type: str) -> tuple[str, ...]:
    """URLs of our profiles of one type."""
    read = (definition("StructureDefinition", each) for each in ids("StructureDefinition"))
    return tuple(each["url"] for each in read if each["type"] == resource_type)


def definition_rows() -> Iterator[dict[str, Any]]:
    """What is stated of each type of definitions.

    Source: https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource
    """
    for kind in PUBLISHED:
        row: dict[str, Any] = {"type": kind}
        if kind in _DOCUMENTED:
            row["documentation"] = _DOCUMENTED[kind]
        row |= {
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "readHistory": False,
            "updateCreate": False,
            "searchParam": [*_searched(kind)],
        }
        operations = OF_TYPE.get(kind)
        yield row | ({"operation": operations} if operations else {})


def _searched(kind: str) -> Iterator[dict[str, str]]:
    yield {"name": "_id", "definition": "http://hl7.org/fhir/SearchParameter/Resource-id", "type": "token"}
    for name, type_ in searched_by(kind).items():
        yield {"name": name, "definition": f"http://hl7.org/fhir/SearchParameter/conformance-{name}", "type": type_}
