"""The way from the server to our own layers, past those that the framework puts before everybody's."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from corridor.apps.http import RequestLine


class Straight:
    """Pure ASGI: requests begin at `RequestLine`, which lets no error pass that the layers before it would look for.

    Args:
        app: complete; an application without that layer is led to by its own way.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        app.middleware_stack = app.middleware_stack or app.build_middleware_stack()
        self._first = _line(app.middleware_stack) or app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a request to the first layer of ours; starting and stopping are the framework's."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        await self._first(scope, receive, send)


def _line(layer: ASGIApp | None) -> RequestLine | None:
    while layer is not None and not isinstance(layer, RequestLine):
        layer = getattr(layer, "app", None)
    return layer
