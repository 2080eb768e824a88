"""The small page at `/` that tells a browser where it is."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.web.page import Pages, style_route
from corridor.web.site import Site


def routes(site: Site, *, links: tuple[tuple[str, str], ...] = ()) -> list[Route]:
    """`GET /`: names the site and leads to its pages; it knows nobody and asks for nothing.

    Args:
        site: who serves it.
        links: (address, text) of further pages, such as the CapabilityStatement; shown as given.
    """
    pages = Pages(site, Path(__file__).parent)

    async def landing(request: Request) -> Response:
        return pages.show(request, "landing.html", links=links)

    return [Route("/", landing, methods=["GET"]), style_route()]
