"""The national base as an OpenAPI document, made from its CapabilityStatement: what is not stated is not described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from corridor.fhir.openapi_operations import operation_paths
from corridor.fhir.openapi_parts import (
    FORM,
    ID,
    IF_MATCH,
    IF_NONE_EXIST,
    IF_NONE_MATCH,
    IN_PART,
    PAST,
    PREFER,
    RESULT,
    VERSION,
    Media,
    Part,
    along,
    operation,
    sought,
)
from corridor.fhir.openapi_schemas import components
from corridor.fhir.schema import HELD, is_resource

_Stated = dict[str, Any]
_Found = Iterator[tuple[str, str, Part]]
"""Address, method and description of operations."""

_BESIDE = ("Bundle", "OperationOutcome", "Parameters")
"""Types that are not held and go over the wire all the same."""

_PATCHES = {"application/json-patch+json": "array", "application/merge-patch+json": "object"}


def openapi(statement: bytes, *, token_url: str) -> bytes:
    """The document of the base that a CapabilityStatement states.

    Args:
        statement: of one server, as it is served at `metadata`.
        token_url: where a bearer token is had.

    Source: https://spec.openapis.org/oas/v3.1.0; https://hl7.org/fhir/R4/http.html
    """
    stated: _Stated = orjson.loads(statement)
    rest, media = stated["rest"][0], Media(tuple(each for each in stated["format"] if "/" in each))
    paths: dict[str, Part] = {}
    for address, method, described in _described(rest, media):
        paths.setdefault(address, {})[method] = described
    whose = stated["implementation"]
    about = {"title": whose["description"], "version": stated["version"], "description": stated["description"]}
    held = [each["type"] for each in rest["resource"] if is_resource(each["type"])]
    flows = {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}, "token": {"type": "oauth2", "flows": flows}}
    return orjson.dumps(
        {
            "openapi": "3.1.0",
            "info": about,
            "servers": [{"url": whose["url"]}],
            "security": [{"bearer": []}, {"token": []}],
            "paths": paths,
            "components": {"schemas": components([*held, *_BESIDE]), "securitySchemes": schemes},
        }
    )


def _described(rest: _Stated, media: Media) -> _Found:
    metadata = operation("What this base speaks", media, {200: ("CapabilityStatement",)})
    yield "/metadata", "get", metadata | {"security": []}
    for code in sorted({each["code"] for each in rest.get("interaction", ())} & {*_SYSTEM}):
        yield from _SYSTEM[code](media)
    yield from operation_paths(rest.get("operation", ()), media)
    for resource in rest["resource"]:
        for code in (each["code"] for each in resource["interaction"]):
            yield from _TYPE[code](resource, media)
        yield from operation_paths(resource.get("operation", ()), media, resource_type=resource["type"])


def _bundles(media: Media) -> _Found:
    asked = operation(
        "A batch or a transaction", media, {200: ("Bundle",)}, parameters=[PREFER], body=media.body("Bundle")
    )
    yield "/", "post", asked


def _system_history(media: Media) -> _Found:
    yield "/_history", "get", operation("What changed", media, {200: ("Bundle",)}, parameters=PAST)


_SYSTEM: dict[str, Callable[[Media], _Found]] = {
    "batch": _bundles,
    "history-system": _system_history,
    "transaction": _bundles,
}


def _read(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    answers, asked = {200: (kind,), 304: ()}, [ID, IF_NONE_MATCH, *_in_part(kind)]
    yield f"/{kind}/{{id}}", "get", operation(f"Read a {kind}", media, answers, parameters=asked)


def _in_part(kind: str) -> tuple[Part, ...]:
    """Definitions that ship with the node are sent whole."""
    return IN_PART if kind in HELD else ()


def _vread(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    answers, asked = {200: (kind,), 304: ()}, [ID, VERSION, *_in_part(kind)]
    read = operation(f"Read a version of a {kind}", media, answers, parameters=asked)
    yield f"/{kind}/{{id}}/_history/{{version}}", "get", read


def _search(stated: _Stated, media: Media) -> _Found:
    kind, answers = stated["type"], {200: ("Bundle",)}
    asked = [*sought(stated), *along(stated), *RESULT]
    yield f"/{kind}", "get", operation(f"Search {kind}", media, answers, parameters=[*asked, PREFER])
    form = {"type": "object", "properties": {each["name"]: each["schema"] for each in asked}}
    body = {"content": {FORM: {"schema": form}}}
    yield f"/{kind}/_search", "post", operation(f"Search {kind}", media, answers, parameters=[PREFER], body=body)


def _create(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    answers = {200: (kind, "OperationOutcome"), 201: (kind, "OperationOutcome")}
    asked = [PREFER, IF_NONE_EXIST]
    yield f"/{kind}", "post", operation(f"Create a {kind}", media, answers, parameters=asked, body=media.body(kind))


def _update(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    answers, body = {200: (kind, "OperationOutcome"), 201: (kind, "OperationOutcome")}, media.body(kind)
    asked = [PREFER, IF_MATCH]
    yield f"/{kind}/{{id}}", "put", operation(f"Write a {kind}", media, answers, parameters=[ID, *asked], body=body)
    if stated.get("conditionalUpdate"):
        asked += sought(stated)
        yield f"/{kind}", "put", operation(f"Write the {kind} found", media, answers, parameters=asked, body=body)


def _patch(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    plain = {each: {"schema": {"type": shape}} for each, shape in _PATCHES.items()}
    body = {"required": True, "content": plain | media.content("Parameters")}
    answers = {200: (kind, "OperationOutcome")}
    asked = [PREFER, IF_MATCH]
    yield f"/{kind}/{{id}}", "patch", operation(f"Change a {kind}", media, answers, parameters=[ID, *asked], body=body)
    if stated.get("conditionalUpdate"):
        asked += sought(stated)
        yield f"/{kind}", "patch", operation(f"Change the {kind} found", media, answers, parameters=asked, body=body)


def _delete(stated: _Stated, media: Media) -> _Found:
    kind, answers = stated["type"], {200: ("OperationOutcome",), 204: ()}
    yield f"/{kind}/{{id}}", "delete", operation(f"Delete a {kind}", media, answers, parameters=[ID, IF_MATCH])
    if stated.get("conditionalDelete", "not-supported") != "not-supported":
        asked = sought(stated)
        yield f"/{kind}", "delete", operation(f"Delete the {kind} found", media, answers, parameters=asked)


def _instance_history(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    versions = operation(f"Versions of a {kind}", media, {200: ("Bundle",)}, parameters=[ID, *PAST])
    yield f"/{kind}/{{id}}/_history", "get", versions


def _type_history(stated: _Stated, media: Media) -> _Found:
    kind = stated["type"]
    changed = operation(f"What changed of type {kind}", media, {200: ("Bundle",)}, parameters=PAST)
    yield f"/{kind}/_history", "get", changed


_TYPE: dict[str, Callable[[_Stated, Media], _Found]] = {
    "read": _read,
    "vread": _vread,
    "search-type": _search,
    "create": _create,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "history-instance": _instance_history,
    "history-type": _type_history,
}
"""Source: https://hl7.org/fhir/R4/valueset-type-restful-interaction.html"""
