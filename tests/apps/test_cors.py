"""Pages of listed origins may use the base; of others they may not, and nobody's cookies count."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.apps.cors import Cors

HOME = "https://app.example"
ASKED = {"access-control-request-method": "PATCH", "access-control-request-headers": "authorization,if-match"}


def client(*origins: str) -> httpx.AsyncClient:
    """A browser in front of a base that these origins may use."""

    async def read(_request: Request) -> Response:
        return Response(b"{}", headers={"etag": 'W/"1"', "vary": "Accept-Encoding"})

    app = Starlette(routes=[Route("/fhir/Patient", read), Route("/pages", read)])
    transport = httpx.ASGITransport(Cors(app, origins=origins))
    return httpx.AsyncClient(transport=transport, base_url="http://pe.example")


async def test_a_listed_origin_may_ask_and_read() -> None:
    async with client(HOME) as browser:
        asked = await browser.options("/fhir/Patient", headers={"origin": HOME} | ASKED)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, HOME)
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        assert "If-Match" in asked.headers["access-control-allow-headers"]
        read = await browser.get("/fhir/Patient", headers={"origin": HOME})
        assert read.headers["access-control-allow-origin"] == HOME
        assert {"ETag", "Location", "Content-Location", "X-Progress", "Last-Modified"} <= set(
            read.headers["access-control-expose-headers"].split(", ")
        )
        assert read.headers["vary"] == "Accept-Encoding, Origin"
        assert "access-control-allow-credentials" not in {*asked.headers, *read.headers}


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://app.example", "https://app.example.evil.example", "null"]
)
async def test_another_origin_may_not(origin: str) -> None:
    async with client(HOME) as browser:
        asked = await browser.options("/fhir/Patient", headers={"origin": origin} | ASKED)
        assert (asked.status_code, asked.json()["issue"][0]["code"]) == (403, "forbidden")
        read = await browser.get("/fhir/Patient", headers={"origin": origin})
        assert not [name for name in {*asked.headers, *read.headers} if name.startswith("access-control")]


async def test_all_origins_can_be_let_in_and_pages_never_are() -> None:
    async with client("*") as browser:
        assert (await browser.get("/fhir/Patient", headers={"origin": HOME})).headers[
            "access-control-allow-origin"
        ] == "*"
        assert "access-control-allow-origin" not in (await browser.get("/pages", headers={"origin": HOME})).headers
        assert (await browser.options("/fhir/Patient")).status_code == 405
