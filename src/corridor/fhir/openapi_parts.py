"""What the operations of the OpenAPI document are put together from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corridor.fhir.openapi_schemas import component
from corridor.fhir.schema import ANY_RESOURCE, is_resource

Part = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
_ID = {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"}


def _header(name: str, text: str, schema: Part) -> Part:
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _query(name: str, text: str, schema: Part) -> Part:
    return {"name": name, "in": "query", "description": text, "schema": schema}


ID: Part = {"name": "id", "in": "path", "required": True, "schema": _ID}
VERSION: Part = {"name": "version", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
PREFER = _header("Prefer", "What to answer and how strict to be, such as handling=strict.", {"type": "string"})
IF_MATCH = _header("If-Match", "The version that the caller changes.", {"type": "string"})
IF_NONE_MATCH = _header("If-None-Match", "The version that the caller has.", {"type": "string"})
IF_NONE_EXIST = _header("If-None-Exist", "A search that must find nothing.", {"type": "string"})

RESULT: tuple[Part, ...] = (
    _query("_count", "How many on a page.", {"type": "integer", "minimum": 0}),
    _query("_sort", "Parameters in the order of their weight; a hyphen before one turns it round.", {"type": "string"}),
    _query("_total", "How exact the total is.", {"enum": ["none", "estimate", "accurate"]}),
    _query("_summary", "How much of each resource.", {"enum": ["true", "text", "data", "count", "false"]}),
    _query("_elements", "Elements wanted of each resource.", {"type": "string", "minLength": 1}),
)
"""Source: https://hl7.org/fhir/R4/search.html#return"""

IN_PART: tuple[Part, ...] = (
    _query("_summary", "How much of the resource.", {"enum": ["true", "text", "data", "false"]}),
    _query("_elements", "Elements wanted of the resource.", {"type": "string", "minLength": 1}),
)
"""Source: https://hl7.org/fhir/R4/http.html#read"""


PAST: tuple[Part, ...] = (
    _query("_since", "Only what was written at or after this instant.", {"type": "string", "format": "date-time"}),
    _query("_at", "Only what was current at some time in this period.", {"type": "string", "minLength": 1}),
    RESULT[0],
)
"""Source: https://hl7.org/fhir/R4/http.html#history"""

_ALONG = {"_include": "searchInclude", "_revinclude": "searchRevInclude"}


@dataclass(frozen=True, slots=True)
class Media:
    """The formats of the base, best first, as media types."""

    formats: tuple[str, ...]

    def content(self, *resource_types: str) -> Part:
        """Any of these types in any of the formats."""
        refs = [component(each) if is_resource(each) else ANY_RESOURCE for each in resource_types]
        schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
        return {each: {"schema": schema if "json" in each else {}} for each in self.formats}

    def body(self, *resource_types: str) -> Part:
        """A request that carries any of these types."""
        return {"required": True, "content": self.content(*resource_types)}


def operation(
    says: str,
    media: Media,
    answers: Mapping[int, Sequence[str]],
    *,
    parameters: Sequence[Part] = (),
    body: Part | None = None,
) -> Part:
    """One operation; whatever is refused is an OperationOutcome.

    Args:
        says: what it does, in a few words.
        media: formats of the base.
        answers: types that each status of a success carries.
        parameters: of path, query and headers.
        body: of the request.
    """
    responses: Part = {"4XX": {"description": "Refused.", "content": media.content("OperationOutcome")}}
    for status, kinds in answers.items():
        carried = {"content": media.content(*kinds)} if kinds else {}
        responses[str(status)] = {"description": says} | carried
    made: Part = {"summary": says, "responses": dict(sorted(responses.items()))}
    made |= {"parameters": list(parameters)} if parameters else {}
    return made | ({"requestBody": body} if body else {})


def searched(stated: Mapping[str, str]) -> Part:
    """A search parameter as the CapabilityStatement states it."""
    return _query(stated["name"], f"{stated['type']}: {stated['definition']}", {"type": "string", "minLength": 1})


def sought(stated: Mapping[str, Any]) -> list[Part]:
    """Every parameter by which resources of a type are found."""
    return [searched(each) for each in stated["searchParam"]]


def along(stated: Mapping[str, Any]) -> list[Part]:
    """What may come along with the resources that are found."""
    return [
        _query(name, "References that are followed.", {"enum": [*stated[key]]})
        for name, key in _ALONG.items()
        if stated.get(key)
    ]
