"""One more process of a node, for its FHIR base alone: a machine has more cores than one process uses (ADR 53).

It shares the database and the keys with the node's own process, which alone keeps promises, speaks to other countries
and shows pages: what those remember lies in its memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.routing import BaseRoute

from corridor.apps.collecting import collect_seldom
from corridor.apps.log import emit
from corridor.apps.node import dressed, health_route, national_routes
from corridor.apps.node_acts import NodeActs, wire_acts
from corridor.apps.node_clients import client_routes
from corridor.apps.node_reference import reference_routes
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.node_statement import metadata_routes, stated
from corridor.apps.repeating import end, repeat
from corridor.apps.settings import NodeSettings
from corridor.domain.log import STARTED, STOPPED
from corridor.fhir.known_papers import learn_papers


async def beside_app(settings: NodeSettings, *, port: int) -> FastAPI:
    """The FHIR base of a node as an application of its own.

    Args:
        settings: of the node.
        port: where it is served, for the log.

    Raises:
        UnavailableError: the database is not at this version's migration, or a key file is missing.
    """
    return beside_of(await open_rooms(settings), port=port)


def beside_of(rooms: NodeRooms, *, port: int) -> FastAPI:
    """The same, of a node whose rooms are open; it closes them when it ends."""
    settings, acts = rooms.settings, wire_acts(rooms)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        looking = asyncio.create_task(repeat(partial(_look, rooms), settings.worker_seconds))
        collect_seldom()
        emit(STARTED, role="base", country=settings.country, port=port)
        yield
        await end([looking])
        await rooms.close()
        emit(STOPPED, role="base", country=settings.country)

    return dressed(settings, _routes(rooms, acts), life)


def _routes(rooms: NodeRooms, acts: NodeActs) -> list[BaseRoute]:
    return [
        *metadata_routes(stated(rooms)),
        *reference_routes(rooms, acts.national),
        *client_routes(rooms, acts.sign_in, acts.national),
        *national_routes(acts),
        health_route(rooms),
    ]


async def _look(rooms: NodeRooms) -> int:
    """Learn of a newer manifest, which the node's own process has accepted and put on record."""
    if rooms.lines.directory.look():
        learn_papers(rooms.lines.directory.federation().members)
    return 0
