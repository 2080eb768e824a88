"""That requests which pass the framework's layers by are answered as those that go through them."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bench.asgi import call
from corridor.apps.http import RequestLine, install_errors
from corridor.apps.straight import Straight
from corridor.domain.errors import LoginError


async def _named(request: Request) -> Response:
    return PlainTextResponse(request.app.state.name)


async def _refused(_request: Request) -> Response:
    raise LoginError("Sign in first.")


async def _broken(_request: Request) -> Response:
    raise RuntimeError("Nobody foresaw this.")


def _app(*, ours: bool) -> FastAPI:
    app = FastAPI()
    app.state.name = "Perú"
    app.router.routes.extend([Route("/named", _named), Route("/refused", _refused), Route("/broken", _broken)])
    if ours:
        app.add_middleware(RequestLine, write=lambda *_, **__: None)
    install_errors(app)
    return app


@pytest.mark.parametrize("path", ["/named", "/refused", "/broken", "/nowhere"])
async def test_the_straight_way_gives_the_answer_of_the_whole_way(path: str) -> None:
    headers = {"x-request-id": "r1"}
    ways: list[Callable[[], ASGIApp]] = [lambda: _app(ours=True), lambda: Straight(_app(ours=True))]
    whole, straight = [await call(way(), "GET", path, headers=headers) for way in ways]
    assert whole == straight


async def test_an_application_without_our_layers_is_led_to_by_its_own_way() -> None:
    answer = await call(Straight(_app(ours=False)), "GET", "/named", headers={})
    assert answer.status == 200
