"""The methods of one address, and a plain answer to every other method there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

Door = Callable[[Request], Awaitable[Response]]


def spoken(path: str, **doors: Door) -> list[BaseRoute]:
    """Routes of one address: a door for each method, and 405 with all of them in `Allow` for the rest.

    Source: RFC 9110 section 15.5.6.
    """
    methods = {*doors} | ({"HEAD"} if "GET" in doors else set())
    routes = [Route(path, door, methods=[method]) for method, door in doors.items()]
    return [*routes, Route(path, _NotSpoken(", ".join(sorted(methods))))]


class _NotSpoken:
    """ASGI: says which methods an address has.

    Args:
        allow: their names.
    """

    def __init__(self, allow: str) -> None:
        self._allow = allow
        self.__name__ = "not_spoken"

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        """Refuse, whatever the method is."""
        raise HTTPException(405, headers={"allow": self._allow})
