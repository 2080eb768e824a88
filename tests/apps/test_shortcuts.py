"""That shortcuts lead where looking through all addresses in order leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from corridor.apps.shortcuts import Shortcuts
from corridor.apps.spoken import spoken

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


def _looked_up(routes: list[BaseRoute], scope: dict[str, object]) -> object:
    for route in routes:
        match, found = route.matches(dict(scope))
        if match is Match.FULL:
            return found["endpoint"], found["path_params"]
    return None


@given(method=st.sampled_from(METHODS), segments=st.lists(st.sampled_from(WORDS), max_size=6))
def test_a_shortcut_ends_at_the_door_that_the_list_ends_at(method: str, segments: list[str]) -> None:
    routes = _doors()
    scope: dict[str, object] = {"type": "http", "method": method, "path": "/" + "/".join(segments), "root_path": ""}
    expected = _looked_up(routes, scope)
    assert _looked_up([Shortcuts(routes), *routes], scope) == expected


@pytest.mark.parametrize("path", ["/fhir/Patient/1", "/fhir/Patient/$match", "/fhir"])
def test_what_the_base_speaks_has_a_shortcut(path: str) -> None:
    scope = {"type": "http", "method": "POST", "path": path, "root_path": ""}
    assert Shortcuts(_doors()).matches(scope)[0] is Match.FULL


def test_no_shortcut_leads_past_an_address_that_is_more_than_segments() -> None:
    scope = {"type": "http", "method": "GET", "path": "/late/1", "root_path": ""}
    assert Shortcuts(_doors()).matches(scope)[0] is Match.NONE
