"""Routes of what says how a node speaks: `$validate`, terminology, and the definitions that ship with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from corridor.apps.spoken import Door, spoken
from corridor.fhir.published import PUBLISHED
from corridor.node import definitions, terminology, validate
from corridor.node.national import National
from corridor.node.operations import Operations

_TERMINOLOGY: Mapping[str, Callable[..., Awaitable[Response]]] = {
    "/fhir/ValueSet/$expand": terminology.expand_set,
    "/fhir/ValueSet/{id}/$expand": terminology.expand_set,
    "/fhir/ValueSet/$validate-code": terminology.validate_code_in_set,
    "/fhir/ValueSet/{id}/$validate-code": terminology.validate_code_in_set,
    "/fhir/CodeSystem/$validate-code": terminology.validate_code_in_system,
    "/fhir/CodeSystem/{id}/$validate-code": terminology.validate_code_in_system,
    "/fhir/CodeSystem/$lookup": terminology.look_up_code,
    "/fhir/CodeSystem/$subsumes": terminology.subsumes,
    "/fhir/CodeSystem/{id}/$subsumes": terminology.subsumes,
    "/fhir/ConceptMap/$translate": terminology.translate_code,
    "/fhir/ConceptMap/{id}/$translate": terminology.translate_code,
}


def definition_routes(national: National, operations: Operations) -> list[BaseRoute]:
    """The routes, to be hung before those of `{type}` and `{id}`, which would take them for a resource's."""
    of_type = partial(validate.validate_type, national=national, operations=operations)
    of_one = partial(validate.validate_instance, national=national, operations=operations)
    return [
        *spoken("/fhir/{type}/$validate", POST=of_type),
        *spoken("/fhir/{type}/{id}/$validate", GET=of_one, POST=of_one),
        *(route for path, door in _TERMINOLOGY.items() for route in _asked(path, door, national)),
        *(route for kind in PUBLISHED for route in _published(kind, national)),
    ]


def _asked(path: str, door: Callable[..., Awaitable[Response]], national: National) -> list[BaseRoute]:
    bound = partial(door, national=national)
    return spoken(path, GET=bound, POST=bound)


def _published(kind: str, national: National) -> list[BaseRoute]:
    read, search = (_of_type(door, kind, national) for door in (definitions.read, definitions.search))
    return [
        *spoken(f"/fhir/{kind}/_search", POST=search),
        *spoken(f"/fhir/{kind}/{{id}}", GET=read),
        *spoken(f"/fhir/{kind}", GET=search),
    ]


def _of_type(door: Callable[..., Awaitable[Response]], kind: str, national: National) -> Door:
    """A door for one type: the path names it, where other doors read it from a parameter."""

    async def open_door(request: Request) -> Response:
        return await door(request, kind, national=national)

    open_door.__name__, open_door.__module__ = door.__name__, door.__module__
    return open_door
