"""The way to a door without trying every address before it: a node has over a hundred, and each takes its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from starlette.convertors import StringConvertor
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

_CHOSEN = "corridor.route"
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


class Shortcuts(BaseRoute):
    """Stands before the routes that it leads to and answers as looking through them in order would.

    Those routes stay in the list: what is not found here, such as a method that nobody knows, is looked for there.

    Args:
        routes: the list; from the first on whose address is more than texts and whole segments, nothing is led to.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._signed = [*_signed(routes)]
        self._words = {text for each in self._signed for text in each.texts if text is not _ANY} | {""}
        self._first = lru_cache(maxsize=_KEPT)(self._find)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See Starlette."""
        if scope["type"] != "http" or scope.get("root_path"):
            return Match.NONE, {}
        segments = scope["path"].split("/")
        found = self._first(scope["method"], tuple(each if each in self._words else _ANY for each in segments))
        if found is None:
            return Match.NONE, {}
        filled = {name: segments[at] for at, name in found.names}
        return Match.FULL, {"endpoint": found.route.endpoint, "path_params": filled, _CHOSEN: found.route}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See Starlette."""
        await scope[_CHOSEN].handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """See Starlette; the routes themselves tell it."""
        raise NoMatchFound(name, path_params)

    def _find(self, method: str, form: Form) -> _Signed | None:
        return next((each for each in self._signed if _allows(each.route, method) and each.fits(form)), None)


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
