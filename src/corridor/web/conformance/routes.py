"""`GET /` of a node: the way in for people, and for systems all that its CapabilityStatement says."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.fhir.overview import COLUMNS, overview, published_profiles, published_words
from corridor.web.conformance.steps import first_steps
from corridor.web.page import Pages, style_route
from corridor.web.site import Site


def routes(site: Site, *, statement: bytes, token_url: str, links: tuple[tuple[str, str], ...] = ()) -> list[Route]:
    """The page; it knows nobody and asks for nothing.

    Args:
        site: who serves it.
        statement: CapabilityStatement of its FHIR base, from which the page is made.
        token_url: where a bearer token is had.
        links: (address, text) of machine-readable descriptions; shown as given.
    """
    pages, spoken = Pages(site, Path(__file__).parent), overview(statement)
    steps = first_steps(spoken.base_url, token_url)

    async def conformance(request: Request) -> Response:
        return pages.show(
            request,
            "conformance.html",
            spoken=spoken,
            columns=COLUMNS,
            steps=steps,
            links=links,
            profiles=published_profiles(),
            words=published_words(),
        )

    return [Route("/", conformance, methods=["GET"]), style_route()]
