"""What a node says of itself to everybody: its CapabilityStatement, and the same as an OpenAPI document."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import spoken
from corridor.fhir.capability import Server, national_capability
from corridor.fhir.openapi import openapi
from corridor.node.found import FHIR_JSON
from corridor.node.national import check_format
from corridor.web.conformance import routes as conformance
from corridor.web.site import Site


def stated(rooms: NodeRooms) -> bytes:
    """The CapabilityStatement of a node that starts now."""
    return national_capability(
        Server(
            base_url=f"{rooms.settings.public_url}/fhir",
            version=version("corridor"),
            released_at=rooms.clock.now(),
            description=rooms.settings.name,
            cors=bool(rooms.settings.cors_origins),
        )
    )


def statement_routes(rooms: NodeRooms, site: Site) -> list[BaseRoute]:
    """`/fhir/metadata`, `/openapi.json`, and `/` for people; none wants a login, and none says anything of anyone."""
    statement, token_url = stated(rooms), f"{rooms.settings.public_url}/auth/token"

    @cache
    def document() -> bytes:
        """Made when somebody asks for it first: most nodes are never asked."""
        return openapi(statement, token_url=token_url)

    async def described(_request: Request) -> Response:
        return Response(document(), media_type="application/json")

    return [
        *metadata_routes(statement),
        *spoken("/openapi.json", GET=described),
        *conformance.routes(site, statement=statement, token_url=token_url, links=_READ_BY_PROGRAMS),
    ]


def metadata_routes(statement: bytes) -> list[BaseRoute]:
    """`/fhir/metadata`."""

    async def metadata(request: Request) -> Response:
        check_format(request)
        return Response(statement, media_type=FHIR_JSON)

    return spoken("/fhir/metadata", GET=metadata)


_READ_BY_PROGRAMS = (("/fhir/metadata", "CapabilityStatement"), ("/openapi.json", "OpenAPI"))
