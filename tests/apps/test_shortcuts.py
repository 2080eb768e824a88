"""That shortcuts lead where looking through all addresses in order leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from bench.asgi import call
from corridor.apps.http import install_errors, refusal
from corridor.apps.shortcuts import Shortcuts
from corridor.apps.spoken import spoken
from corridor.domain.errors import LoginError

WORDS = ["fhir", "Patient", "$match", "_history", "metadata", "x", "", "{id}", "a\n"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "BREW"]


async def _door(_request: Request) -> Response:
    return Response()


def _doors() -> list[BaseRoute]:
    return [
        *spoken("/fhir/metadata", GET=_door),
        *spoken("/fhir/Patient/$match", POST=_door),
        *spoken("/fhir/{type}/_history", GET=_door),
        *spoken("/fhir/{type}/{id}", GET=_door, PUT=_door),
        *spoken("/fhir/{type}/{id}/_history/{version}", GET=_door),
        *spoken("/fhir/{type}", GET=_door, POST=_door),
        *spoken("/fhir", POST=_door),
        *spoken("/fhir/", POST=_door),
        Route("/files/{rest:path}", _door),
        Route("/late/{id}", _door),
    ]


def _looked_up(scope: dict[str, object]) -> object:
    """What looking through the list ends at."""
    for route in _doors():
        match, found = route.matches(dict(scope))
        if match is Match.FULL:
            return found["endpoint"], found["path_params"]
    return None


def _led_to(scope: dict[str, object]) -> object:
    led = dict(scope)
    return (led["endpoint"], led["path_params"]) if _shortcuts().leads(led) else None


async def _beyond(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """The application; asked for nothing here."""


def _shortcuts() -> Shortcuts:
    return Shortcuts(_beyond, routes=_doors(), refusal=refusal)


@given(method=st.sampled_from(METHODS), segments=st.lists(st.sampled_from(WORDS), max_size=6))
def test_a_shortcut_ends_at_the_door_that_the_list_ends_at(method: str, segments: list[str]) -> None:
    scope: dict[str, object] = {"type": "http", "method": method, "path": "/" + "/".join(segments), "root_path": ""}
    led = _led_to(scope)
    assert led is None or led == _looked_up(scope)


@pytest.mark.parametrize("path", ["/fhir/Patient/1", "/fhir/Patient/$match", "/fhir"])
def test_what_the_base_speaks_has_a_shortcut(path: str) -> None:
    method = "PUT" if path.endswith("/1") else "POST"
    scope: dict[str, object] = {"type": "http", "method": method, "path": path, "root_path": ""}
    assert _led_to(scope) == _looked_up(scope) is not None


@pytest.mark.parametrize("address", [("GET", "/late/1"), ("GET", "/files/a/b"), ("BREW", "/fhir/Patient/1")])
def test_no_shortcut_leads_past_an_address_or_to_a_method_that_is_out_of_the_ordinary(address: tuple[str, str]) -> None:
    scope: dict[str, object] = {"type": "http", "method": address[0], "path": address[1], "root_path": ""}
    assert _led_to(scope) is None


async def test_a_refusal_is_the_same_on_either_way() -> None:
    async def refused(_request: Request) -> Response:
        raise LoginError("Sign in first.")

    async def lost(_request: Request) -> Response:
        raise HTTPException(405, headers={"allow": "GET"})

    routes = [Route("/refused", refused), Route("/lost", lost)]
    plain, short = Starlette(routes=routes), Starlette(routes=routes)
    short.add_middleware(Shortcuts, routes=routes, refusal=refusal)
    for app in (plain, short):
        install_errors(app)
    for path, status in (("/refused", 401), ("/lost", 405)):
        answers = [await call(app, "GET", path, headers={}) for app in (plain, short)]
        assert answers[0] == answers[1]
        assert answers[0].status == status
