"""The way to a door without trying every address before it: a node has over a hundred, and each takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from inspect import iscoroutinefunction
from itertools import takewhile

from starlette.convertors import StringConvertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from corridor.domain.errors import CorridorError

_KEPT = 2048
"""Forms of addresses whose door is remembered."""
_ANY = None
"""Stands in a form for a segment that no address names literally."""

Form = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Signed:
    """A route and its address in segments; parts that a caller fills in have a name, others a text."""

    route: Route
    texts: Form
    names: tuple[tuple[int, str], ...]

    def fits(self, form: Form) -> bool:
        """Whether an address of this form leads here; a part to fill in is never empty."""
        return len(form) == len(self.texts) and all(
            found == text if text is not _ANY else found != "" for found, text in zip(form, self.texts, strict=True)
        )


class Shortcuts:
    """Pure ASGI: leads to the door that looking through routes in order would find, past the layers before it.

    Those routes stay in the application: what is not found here, such as a method that nobody knows, or a door that is
    no plain function, is looked for there.

    Args:
        app: the application with those routes.
        routes: the list; from the first on whose address is more than texts and whole segments, nothing is led to.
        refusal: the answer in place of an error.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Sequence[BaseRoute],
        refusal: Callable[[CorridorError | HTTPException, Request], Response],
    ) -> None:
        self._app = app
        self._refusal = refusal
        self._signed = [*_signed(routes)]
        self._words = {text for each in self._signed for text in each.texts if text is not _ANY} | {""}
        self._first = lru_cache(maxsize=_KEPT)(self._find)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the door answer, or the application where none is found."""
        if scope["type"] != "http" or not self.leads(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response: Response = await scope["endpoint"](request)
        except (CorridorError, HTTPException) as error:
            response = self._refusal(error, request)
        await response(scope, receive, send)

    def leads(self, scope: Scope) -> bool:
        """Whether there is a door; it stands in the scope then, with the parts of the address that it asks for."""
        if scope.get("root_path"):
            return False
        segments = scope["path"].split("/")
        found = self._first(scope["method"], tuple([each if each in self._words else _ANY for each in segments]))
        if found is None:
            return False
        scope["endpoint"] = found.route.endpoint
        scope["path_params"] = {name: segments[at] for at, name in found.names}
        return True

    def _find(self, method: str, form: Form) -> _Signed | None:
        found = next((each for each in self._signed if _allows(each.route, method) and each.fits(form)), None)
        return found if found and _is_function(found.route.endpoint) else None


def _is_function(door: Callable[..., object]) -> bool:
    while isinstance(door, partial):
        door = door.func
    return iscoroutinefunction(door)


def _allows(route: Route, method: str) -> bool:
    return not route.methods or method in route.methods


def _signed(routes: Sequence[BaseRoute]) -> Iterator[_Signed]:
    for route in takewhile(_is_plain, routes):
        if isinstance(route, Route):
            segments = route.path_format.split("/")
            texts = tuple(_ANY if each.startswith("{") else each for each in segments)
            names = tuple((at, each[1:-1]) for at, each in enumerate(segments) if each.startswith("{"))
            yield _Signed(route, texts, names)


def _is_plain(route: BaseRoute) -> bool:
    """Whether an address is texts and whole segments to fill in, and nothing else decides."""
    if type(route) is not Route or any(type(each) is not StringConvertor for each in route.param_convertors.values()):
        return False
    parts = [each for each in route.path_format.split("/") if "{" in each]
    return all(each == f"{{{each[1:-1]}}}" and each.count("{") == 1 for each in parts)
