"""Where the doors of the hub are."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.hub.acts import HubActs, published, signed
from corridor.hub.locate import locate
from corridor.hub.redeem import redeem
from corridor.hub.register import register, remove
from corridor.hub.report import log_size, report


def routes(acts: HubActs) -> list[Route]:
    """Every door that nodes use; all but `health` want a signed request."""
    posted = {"register": register, "remove": remove, "locate": locate, "redeem": redeem, "report": report}
    fetched = {"log-size": log_size, "directory": directory}
    return [
        *(Route(f"/{name}", partial(door, acts=acts), methods=["POST"]) for name, door in posted.items()),
        *(Route(f"/{name}", partial(door, acts=acts), methods=["GET"]) for name, door in fetched.items()),
        health_route(),
    ]


def health_route() -> Route:
    """Where anybody can ask whether the hub runs."""
    return Route("/health", health, methods=["GET"])


async def directory(request: Request, *, acts: HubActs) -> Response:
    """The federation's directory, signed by the hub.

    Source: TRUST section 2.2, trust list.
    """

    async def act(_: Country, __: SignedRequest) -> SignedResponse:
        return published(acts.directory())

    return await signed(request, act, acts)


async def health(_: Request) -> Response:
    """That the hub runs."""
    return JSONResponse({"status": "ok"})
