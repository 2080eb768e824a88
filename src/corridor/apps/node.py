"""A country node as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from corridor.apps.collecting import collect_seldom
from corridor.apps.cors import Cors
from corridor.apps.http import RequestLine, install_errors, refusal
from corridor.apps.log import emit
from corridor.apps.node_acts import NodeActs, wire_acts
from corridor.apps.node_bedside import NodeBedside
from corridor.apps.node_bulk import bulk_routes, start_bulk
from corridor.apps.node_clients import client_routes
from corridor.apps.node_definitions import definition_routes
from corridor.apps.node_exchange import exchange_routes
from corridor.apps.node_link_pages import link_pages
from corridor.apps.node_links import LinkWork, link_routes, member_routes, wire_links
from corridor.apps.node_local import local_knowledge
from corridor.apps.node_pages import NodePages
from corridor.apps.node_people import people_of
from corridor.apps.node_protection import protection_pages
from corridor.apps.node_reading import reading_routes
from corridor.apps.node_reference import reference_routes
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.node_statement import statement_routes
from corridor.apps.node_subscriptions import subscription_routes
from corridor.apps.node_ties import tie_pages
from corridor.apps.node_workers import begin_work
from corridor.apps.people import check_people
from corridor.apps.repeating import end, repeat
from corridor.apps.serving import door
from corridor.apps.settings import NodeSettings
from corridor.apps.shortcuts import Shortcuts
from corridor.apps.spoken import Door, spoken
from corridor.domain.errors import InvalidError
from corridor.domain.log import STARTED, STOPPED
from corridor.node import history, operations, patch, read, search, transaction, write
from corridor.node.wire import Wire
from corridor.web.clinician.routes import routes as clinician_routes
from corridor.web.links.routes import routes as links_routes
from corridor.web.site import Site
from corridor.web.ties.routes import routes as ties_routes

_QUIET: dict[str, Any] = {
    "openapi_url": None,
    "redirect_slashes": False,
    "telemetry": {"tracing": False, "metrics": False, "logs": False},
}
"""The framework describes, redirects and measures nothing by itself."""


async def node_app(settings: NodeSettings) -> FastAPI:
    """The application of a node, its rooms open and its workers begun when it starts.

    Raises:
        UnavailableError: the database is not at this version's migration, or a key file is missing.
        InvalidError: people could sign in by a way that is for development alone.
    """
    rooms = await open_rooms(settings)
    try:
        await check_people(people_of(rooms))
    except InvalidError:
        await rooms.close()
        raise
    return app_of(rooms)


def app_of(rooms: NodeRooms) -> FastAPI:
    """The application of a node whose rooms are open; it closes them when it ends."""
    settings, acts = rooms.settings, wire_acts(rooms)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        workers = [*await begin_work(rooms, acts), *await start_bulk(acts.bulk, repeat)]
        collect_seldom()
        emit(STARTED, role="node", country=settings.country, port=settings.port)
        async with door(others, settings.mutual_tls, rooms.lines.reach.mutual):
            yield
        await end(workers)
        await acts.subscriptions.close()
        await rooms.close()
        emit(STOPPED, role="node", country=settings.country)

    links = wire_links(rooms, acts)
    for_others = [*member_routes(acts, links), *exchange_routes(rooms, acts)]  # did.json is no type of resource
    others = dressed(settings, for_others)
    app = dressed(settings, [*_routes(rooms, acts, links), *([] if settings.mutual_tls else for_others)], life)
    app.state.language = _usual_language(rooms)
    return app


def dressed(settings: NodeSettings, routes: Sequence[BaseRoute], life: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Doors with what stands before each of them."""
    app = FastAPI(title=settings.name, version=version("corridor"), lifespan=life, **_QUIET)
    app.router.routes.extend(routes)
    app.add_middleware(Shortcuts, routes=routes, refusal=refusal)
    app.add_middleware(Wire, max_body_bytes=settings.max_body_bytes)
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins)
    app.add_middleware(RequestLine)
    install_errors(app)
    return app


def _usual_language(rooms: NodeRooms) -> str:
    """The language that the country's pages speak to somebody who chose none; empty for Spanish."""
    member = rooms.lines.directory.federation().member(rooms.home)
    return next(iter(member.facts.languages), "") if member else ""


def _routes(rooms: NodeRooms, acts: NodeActs, links: LinkWork) -> list[BaseRoute]:
    settings = rooms.settings
    site = Site(settings.name, settings.country.lower(), settings.public_url, settings.zone)
    pages = NodePages(rooms, acts)
    return [
        *link_routes(rooms, acts, links),
        *links_routes(site, pages.entrance(), link_pages(pages, links)),
        *ties_routes(site, pages.entrance(), tie_pages(rooms)),
        *statement_routes(rooms, site),
        *reference_routes(rooms, acts.national),
        *client_routes(rooms, acts.sign_in, acts.national),
        *spoken("/fhir/Patient/{id}/$pull-history", POST=_operation(operations.pull, acts)),
        *national_routes(acts),
        health_route(rooms),
        *clinician_routes(
            site,
            pages.entrance(),
            pages.desk(),
            reviews=NodeBedside(rooms, acts).reviews(),
            protection=protection_pages(acts.national),
            local=local_knowledge(settings, today=rooms.clock.now().date()),
        ),
    ]


def national_routes(acts: NodeActs) -> list[BaseRoute]:
    """The addresses of the national base, but for the operation that asks other countries."""
    bundles = _door(transaction.transaction, acts)
    return [
        *bulk_routes(acts.bulk, acts.national),
        *subscription_routes(acts.subscriptions, acts.national),
        *reading_routes(acts.reading, acts.national),
        *spoken("/fhir/Patient/$match", POST=_operation(operations.match, acts)),
        *spoken("/fhir/Patient/{id}/$withdraw-consent", POST=_operation(operations.withdraw, acts)),
        *definition_routes(acts.national, acts.operations),
        *_resource_routes(acts),
        *spoken("/fhir", POST=bundles),
        *spoken("/fhir/", POST=bundles),
    ]


def _resource_routes(acts: NodeActs) -> list[BaseRoute]:
    one, past = "/fhir/{type}/{id}", _door(history.history, acts)
    return [
        *spoken("/fhir/_history", GET=past),
        *spoken("/fhir/{type}/_history", GET=past),
        *spoken("/fhir/{type}/_search", POST=_door(search.search, acts)),
        *spoken(
            one,
            GET=_door(read.read, acts),
            PUT=_door(write.update, acts),
            PATCH=_door(patch.patch, acts),
            DELETE=_door(write.delete, acts),
        ),
        *spoken(f"{one}/_history/{{version}}", GET=_door(read.vread, acts)),
        *spoken(f"{one}/_history", GET=past),
        *spoken(
            "/fhir/{type}",
            GET=_door(search.search, acts),
            POST=_door(write.create, acts),
            PUT=_door(write.update_on_condition, acts),
            PATCH=_door(patch.patch_on_condition, acts),
            DELETE=_door(write.delete_on_condition, acts),
        ),
    ]


def _door(door: Callable[..., Awaitable[Response]], acts: NodeActs) -> Door:
    return partial(door, national=acts.national)


def _operation(door: Callable[..., Awaitable[Response]], acts: NodeActs) -> Door:
    return partial(door, national=acts.national, operations=acts.operations)


def health_route(rooms: NodeRooms) -> BaseRoute:
    """That the node runs, and how many promises of its outbox wait; nothing about anyone."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "waiting": await rooms.storage.outbox.waiting()})

    return Route("/health", health, methods=["GET"])
