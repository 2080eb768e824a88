"""Which pages of other origins may use the national base from a browser."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corridor.fhir.outcome import plain_outcome
from corridor.node.found import FHIR_JSON

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ALLOWED = (
    "Accept, Accept-Language, Authorization, Content-Encoding, Content-Type, DPoP, If-Match, If-Modified-Since, "
    "If-None-Exist, If-None-Match, Prefer, Traceparent, X-Request-Id"
)
EXPOSED = (
    "ETag, Location, Content-Location, Last-Modified, Retry-After, WWW-Authenticate, DPoP-Nonce, X-Progress, "
    "X-Request-Id, Expires"
)
_PATHS = ("/fhir", "/auth/token")
_MAX_AGE_SECONDS = 600


class Cors:
    """Pure ASGI: answers a browser's question beforehand, and lets the pages of listed origins read answers.

    Cookies are never allowed along: the base knows bearer tokens alone.

    Args:
        app: everything behind.
        origins: those whose pages may; `*` for all.

    Source: https://fetch.spec.whatwg.org/#http-cors-protocol
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer the question."""
        if scope["type"] != "http" or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._preflight(origin)(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), origin)
            await send(message)

        await self._app(scope, receive, marked)

    def _allows(self, origin: str) -> bool:
        return "*" in self._origins or origin in self._origins

    def _mark(self, headers: MutableHeaders, origin: str) -> None:
        headers.add_vary_header("Origin")
        if origin and self._allows(origin):
            headers["access-control-allow-origin"] = "*" if "*" in self._origins else origin
            headers["access-control-expose-headers"] = EXPOSED

    def _preflight(self, origin: str) -> Response:
        if not self._allows(origin):
            text = "Pages of this origin may not use this base."
            return Response(plain_outcome("forbidden", text), 403, {"vary": "Origin"}, media_type=FHIR_JSON)
        headers = MutableHeaders()
        self._mark(headers, origin)
        headers["access-control-allow-methods"] = METHODS
        headers["access-control-allow-headers"] = ALLOWED
        headers["access-control-max-age"] = str(_MAX_AGE_SECONDS)
        return Response(status_code=204, headers=dict(headers))
