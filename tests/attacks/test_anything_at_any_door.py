"""Whatever is sent to a door between parties, to a page or to a health link: no accident, no silence, nothing broken.

The national FHIR base has such a test of its own: `tests/doors/test_national_fuzz.py`.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.message import SignedRequest
from demo.parties import HUB
from demo.values import Person
from tests.attacks.anything import FORM, FUZZ, HEADERS, JSON, TEXTS, TYPES, Door, bodies, doors_of, heard, targets
from tests.attacks.envoy import Envoy
from tests.journeys.pages import Clicks
from tests.journeys.world import World

FIELDS = st.sampled_from(
    ["account", "password", "name", "number", "text", "passcode", "code", "purpose", "reason", "given", "family", "day",
     "countries", "categories", "kind", "label", "until", "how", "signature", "witness", "language", "answer", "facts"]
)  # fmt: skip
OPEN = ("/ingreso", "/auth/token", "/health")
"""Doors that are no use with a form of somebody who is signed in."""


@pytest.fixture(scope="module")
def somebody(land: World) -> Person:
    """Whoever may come to harm by this: nobody else of the tests knows them."""
    person = land.newcomer("VE", "CO", "PE")
    land.pull(person)
    land.settle()
    return person


@pytest.fixture(scope="module", autouse=True)
def nothing_unforeseen(land: World) -> Iterator[None]:
    """No process writes of an accident meanwhile, and every one of them still answers after it."""
    yield
    for party in land.doors.values():
        assert httpx.get(party.url + "/health").status_code == 200
        assert b'"event":"failed"' not in party.log.read_bytes(), party.name


def answered(answer: httpx.Response) -> None:
    """It is an answer of ours; so is one that says who is away, or that the time is over which was given for it."""
    told = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)
    assert answer.status_code < 500 or answer.status_code in told, (
        str(answer.request.url),
        answer.request.headers,
        answer.content,
    )


CLIENT = httpx.Client(timeout=10)


def sent(method: str, url: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    """The answer, which is waited for ten seconds and no longer."""
    CLIENT.cookies.clear()
    return CLIENT.request(method, url, headers=headers, content=body)


@pytest.mark.parametrize("key", [HUB, "PE"])
def test_anything_without_a_signature_or_sign_in(land: World, somebody: Person, key: str) -> None:
    doors, url, good = doors_of(land, key), land.doors[key].url, [b for each in heard(land, key).values() for b in each]

    @FUZZ
    @given(st.data(), st.sampled_from(doors), HEADERS, TYPES, bodies(good[:6]))
    def anything(data: st.DataObject, door: Door, headers: dict[str, str], media_type: str, body: bytes) -> None:
        target = data.draw(targets(door.path, (somebody.here.id,)))
        answered(sent(door.method, url + target, {**headers, "content-type": media_type}, body))

    anything()


@pytest.mark.parametrize("key", [HUB, "VE"])
def test_anything_that_a_country_signs(land: World, somebody: Person, lima: Envoy, key: str) -> None:
    good = {path: said for path, said in heard(land, key).items() if not path.startswith("/fhir")}
    assert len(good) >= 2
    signed = [door for door in doors_of(land, key) if door.method == "GET" and "exchange" in door.path]
    doors = [*(Door("POST", path) for path in good), *signed]

    @FUZZ
    @given(st.data(), st.sampled_from(doors), HEADERS, TYPES)
    def anything(data: st.DataObject, door: Door, headers: dict[str, str], media_type: str) -> None:
        body = data.draw(bodies(good[door.path])) if door.method == "POST" else b""
        usual = "application/fhir+json" if "exchange" in door.path else "application/json"
        kind = data.draw(st.sampled_from([usual, usual, media_type]))
        path = data.draw(targets(door.path, (somebody.here.id,)))
        request = SignedRequest(door.method, lima.address(key) + path, {**headers, "content-type": kind}, body)
        signed_request = lima.signed(request)
        answered(sent(door.method, request.url, dict(signed_request.headers), body))

    anything()


def test_anything_that_a_clinician_types(land: World, somebody: Person) -> None:
    clicks, url = Clicks(land, "PE"), land.doors["PE"].url
    found = clicks.open("/personas")
    cookie, token = str(found.request.headers["cookie"]), found.text.split('name="token" value="')[1].split('"')[0]
    doors = [door for door in doors_of(land, "PE") if "/exchange" not in door.path and door.path not in OPEN]

    @FUZZ
    @given(st.data(), st.sampled_from(doors), st.lists(st.tuples(FIELDS, TEXTS), max_size=6), JSON)
    def anything(data: st.DataObject, door: Door, fields: list[tuple[str, str]], other: object) -> None:
        known = [] if door.path == "/salida" else [("token", token)]
        target = data.draw(targets(door.path, (somebody.here.id,)))
        body = urlencode([*known, *fields], errors="replace") if data.draw(st.integers(0, 4)) else json.dumps(other)
        answered(sent(door.method, url + target, {"content-type": FORM, "cookie": cookie}, body.encode()))

    anything()
    assert clicks.open("/personas").status_code == 200
    clicks.close()


def test_any_file_or_text_that_a_person_brings_along(land: World) -> None:
    clicks, url = Clicks(land, "PE"), land.doors["PE"].url
    found = clicks.open("/personas")
    cookie, token = str(found.request.headers["cookie"]), found.text.split('name="token" value="')[1].split('"')[0]
    begins = st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF", b"BM", b"HC1:", b"shlink:/", b"shc:/", b"eyJ",
         b"vhlink:/", b"https://x/#shlink:/eyJ1cmwiOi", b"CORRIDOR-PACKAGE 1/1 ", b"CORRIDOR-PACKAGE 1/99 x"]
    )  # fmt: skip

    @FUZZ
    @given(begins, st.binary(max_size=200) | TEXTS.map(lambda text: text.encode(errors="replace")), TEXTS)
    def anything(begin: bytes, rest: bytes, passcode: str) -> None:
        fields = {"token": token, "passcode": passcode.encode(errors="replace").decode()}
        files = {"file": ("brought.png", begin + rest)}
        answered(CLIENT.post(f"{url}/ver/abrir", data=fields, files=files, headers={"cookie": cookie}))
        typed = urlencode({**fields, "text": (begin + rest).decode(errors="replace")})
        answered(sent("POST", f"{url}/ver/abrir", {"content-type": FORM, "cookie": cookie}, typed.encode()))

    anything()
    clicks.close()


@pytest.mark.parametrize("key", [HUB, "PE"])
def test_anything_that_is_no_http(land: World, key: str) -> None:
    lines = st.sampled_from(
        [b"GET / HTTP/1.1\r\n", b"GET /\r\n", b"POST /locate HTTP/1.1\r\n", b"content-length: -1\r\n", b"host: x\r\n",
         b"content-length: 99999999999999999999\r\n", b"transfer-encoding: chunked\r\n", b"\r\n",
         b"ffffffffffffffff\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01",
         b"GET /\x00 HTTP/1.1\r\n",
         b"x: " + b"y" * 9000]
    )  # fmt: skip

    @FUZZ
    @given(st.lists(lines | st.binary(max_size=40), max_size=5))
    def anything(parts: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", land.doors[key].port), timeout=10) as line:
            line.sendall(b"".join(parts))
            line.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 5" not in line.recv(4096)

    anything()
