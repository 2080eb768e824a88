"""What anybody may send to a door: addresses, fields and bodies that are almost right, and what is nothing at all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from starlette.routing import Route

from corridor.apps.hub import hub_app
from corridor.apps.node import app_of
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import hub_settings, node_settings
from demo.parties import HUB
from tests.journeys.world import World

PHASES = (Phase.generate,)
"""What fails is told as it was found: making it smaller takes minutes against real processes."""

FUZZ = settings(
    phases=PHASES,
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[*HealthCheck],
)
FORM = "application/x-www-form-urlencoded"
STRANGE = st.sampled_from(
    ["", "\x00", "..", "%", "%00", "x" * 5000, "\u202e", "\U0001f9ec", "\ud800", "1e999", "-1", "9" * 40, "null",
     "../..", "' OR 1=1 --", "{{7*7}}", "<script>", "${x}", "2026-02-30", "0000", "TREAT", "on", "es", "0" * 32,
     "p00000"]
)  # fmt: skip
TEXTS = STRANGE | st.text(max_size=30)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=10
)
TYPES = st.sampled_from(
    ["application/json", "application/fhir+json", FORM, "multipart/form-data; boundary=x", "multipart/form-data",
     "text/plain", "application/xml", "application/json; charset=utf-7", "x", ""]
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["accept", "accept-language", "traceparent", "x-request-id", "x-clinician", "x-request-deadline",
                     "authorization", "cookie", "origin", "sec-fetch-site", "if-none-match", "range", "prefer"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip)
    | st.sampled_from(["Bearer x", "Basic !", "Basic eDp5", "pe-session=x", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"]),
    max_size=2,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """One method at one address of a party; its path holds fields such as `{id}`."""

    method: str
    path: str


def doors_of(world: World, key: str) -> list[Door]:
    """Every door of a party that is not its national FHIR base, as its own application lists them."""
    party = world.doors[key]
    found = asyncio.run(_of_hub(world) if key == HUB else _of_node(world, key))
    assert len(found) > 10, party.name
    return sorted(found, key=lambda door: (door.path, door.method))


async def _of_hub(world: World) -> set[Door]:
    return _listed((await hub_app(hub_settings(world.doors[HUB].config))).routes)


async def _of_node(world: World, key: str) -> set[Door]:
    rooms = await open_rooms(node_settings(world.doors[key].config))
    try:
        return _listed(app_of(rooms).routes)
    finally:
        await rooms.close()


def _listed(routes: list[Any]) -> set[Door]:
    plain = [route for route in routes if isinstance(route, Route) and not route.path.startswith("/fhir")]
    return {Door(method, route.path) for route in plain for method in (route.methods or {"PROPFIND"})}


@st.composite
def targets(draw: st.DrawFn, path: str, ids: tuple[str, ...]) -> str:
    """An address of a door, with somebody's ids or anything else in its fields, and any question behind it."""
    part = st.sampled_from(["x", *ids]) | TEXTS
    filled = re.sub(r"\{[^}]*\}", lambda _: quote(draw(part), safe="", errors="replace") or "x", path)
    names = st.sampled_from(["lang", "p", "v", "a", "recipient", "patient", "purpose", "profile", "from", "asker", "x"])
    asked = draw(st.lists(st.tuples(names, part), max_size=3))
    return filled + ("?" + urlencode(asked, errors="replace") if asked else "")


@st.composite
def bent(draw: st.DrawFn, good: bytes) -> bytes:
    """A body that is right but for one place: a value of its JSON, or a few of its bytes."""
    if draw(st.booleans()):
        try:
            return json.dumps(_one_place_changed(draw, json.loads(good))).encode()
        except ValueError:
            pass
    at = draw(st.integers(0, len(good)))
    return good[:at] + draw(st.binary(max_size=6)) + good[at + draw(st.integers(0, 9)) :]


def _one_place_changed(draw: st.DrawFn, whole: Any) -> Any:
    node = whole
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            return whole
        key = draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and draw(st.integers(0, 3)):
            node = node[key]
            continue
        node[key] = draw(JSON)
        return whole


def bodies(good: list[bytes]) -> st.SearchStrategy[bytes]:
    """Anything at all, and what is nearly one of the good ones."""
    loose = st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode())
    return st.one_of(loose, *(bent(each) for each in good))


def heard(world: World, key: str) -> dict[str, list[bytes]]:
    """By path, a few bodies that others sent to a party when all was well."""
    found: dict[str, list[bytes]] = {}
    for path, body in _requests(bytes(world.tap.heard[key])):
        if len(found.setdefault(path, [])) < 2:  # two of each are enough to begin from
            found[path].append(body)
    return found


def _requests(said: bytes) -> Iterator[tuple[str, bytes]]:
    for match in re.finditer(rb"POST (\S+) HTTP/1\.1\r\n(.*?)\r\n\r\n", said, re.DOTALL):
        size = re.search(rb"content-length: (\d+)", match[2].lower())
        if size:
            yield match[1].decode(), said[match.end() : match.end() + int(size[1])]
