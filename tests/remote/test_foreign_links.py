"""A link is a stranger's text: it leads to listed issuers, or nowhere."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.apps.clock import SystemClock
from corridor.domain.country import Country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    PasscodeError,
    TooLargeError,
    UnavailableError,
)
from corridor.domain.link import LinkKind
from corridor.domain.link_text import LinkPayload
from corridor.domain.secret import Secret
from corridor.remote.foreign_links import MANIFEST_BYTES_MAX, HttpForeignLinks, origin_of
from corridor.remote.transport import Transport

KEY = Secret(bytes(32))


@dataclass
class Issuer:
    """A server that answers as it is told, and remembers what it was asked."""

    url: str
    replies: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Issuer]:
    issuer = Issuer("")

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            issuer.asked.append((self.command, self.path, body))
            status, content = issuer.replies.get(self.path.partition("?")[0], (404, b""))
            self.send_response(status)
            for name, value in issuer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815  # the library's own way to name a method

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield issuer
    server.shutdown()
    server.server_close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving() as found:
        yield found


class Directory:
    """Port `Directory` of one member."""

    def __init__(self, url: str) -> None:
        member = Member(Country("VE"), "Nodo Venezuela", url, bytes(32), bytes(32))
        self._federation = Federation(1, 1, 2, bytes(32), "https://hub.example", bytes(32), (member,))

    def federation(self) -> Federation:
        return self._federation


def asking(issuer: Issuer, *listed: str) -> HttpForeignLinks:
    return HttpForeignLinks(
        Transport(), Directory(issuer.url), listed=listed, sign=lambda _, __: {"signature": "x"}, clock=SystemClock()
    )


def link(url: str, flags: str = "P", kind: LinkKind = LinkKind.SHL) -> LinkPayload:
    return LinkPayload(kind, url, KEY, flags)


async def fetched(issuer: Issuer, payload: LinkPayload, passcode: str = "maiz morado") -> str:
    file = await asking(issuer).fetch(payload, recipient="Posta", passcode=Secret(passcode.encode()))
    return file.content


async def test_a_manifest_is_asked_with_recipient_and_passcode(issuer: Issuer) -> None:
    issuer.replies["/l/x"] = (
        200,
        json.dumps(
            {"files": [{"contentType": "a"}, {"contentType": "application/fhir+json", "embedded": "a.b.c.d.e"}]}
        ).encode(),
    )
    assert await fetched(issuer, link(f"{issuer.url}/l/x")) == "a.b.c.d.e"
    method, path, body = issuer.asked[0]
    assert (method, path) == ("POST", "/l/x")
    assert json.loads(body)["recipient"] == "Posta"
    assert json.loads(body)["passcode"] == "maiz morado"


async def test_a_direct_file_is_got_and_a_location_is_followed(issuer: Issuer) -> None:
    issuer.replies["/f"] = (200, b"a.b.c.d.e\n")
    issuer.replies["/l/x"] = (200, json.dumps({"files": [{"location": f"{issuer.url}/f"}]}).encode())
    assert await fetched(issuer, link(f"{issuer.url}/f", "U")) == "a.b.c.d.e"
    assert issuer.asked[0][:2] == ("GET", "/f?recipient=Posta")
    assert await fetched(issuer, link(f"{issuer.url}/l/x")) == "a.b.c.d.e"


async def test_a_folder_is_searched_with_a_signature(issuer: Issuer) -> None:
    document = {"resourceType": "DocumentReference", "content": [{"attachment": {"url": f"{issuer.url}/f"}}]}
    issuer.replies["/vhl/List/_search"] = (200, json.dumps({"entry": [{"resource": document}]}).encode())
    issuer.replies["/f"] = (200, b"a.b.c.d.e")
    payload = link(f"{issuer.url}/vhl/List?_id=1&code=folder", kind=LinkKind.VHL)
    assert await fetched(issuer, payload) == "a.b.c.d.e"
    assert issuer.asked[0][2] == b"_id=1&code=folder&recipient=Posta&passcode=maiz+morado"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/l/x",
        "http://localhost/l",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://ve.example.evil.example/l",
        "//ve.example/l",
        "",
        "http://[::1]/l",
        "gopher://127.0.0.1/",
    ],
)
async def test_nobody_else_is_asked_whatever_a_link_says(issuer: Issuer, url: str) -> None:
    with pytest.raises(ForbiddenError):
        await fetched(issuer, link(url))
    issuer.replies["/l/x"] = (200, json.dumps({"files": [{"location": url}]}).encode())
    with pytest.raises(ForbiddenError):
        await fetched(issuer, link(f"{issuer.url}/l/x"))
    document = {"resourceType": "DocumentReference", "content": [{"attachment": {"url": url}}]}
    issuer.replies["/vhl/List/_search"] = (200, json.dumps({"entry": [{"resource": document}]}).encode())
    with pytest.raises(ForbiddenError):
        await fetched(issuer, link(f"{issuer.url}/vhl/List?_id=1", kind=LinkKind.VHL))


async def test_an_address_that_only_looks_like_a_listed_one_is_another(issuer: Issuer) -> None:
    port = issuer.url.rpartition(":")[2]
    for url in (
        f"http://127.0.0.1:{port}@evil.example/l",
        f"http://evil.example\\@127.0.0.1:{port}/l",
        f"http://user@127.0.0.1:{port}/l",
        f"http://127.0.0.1:{port}.evil.example/l",
        f"https://127.0.0.1:{port}/l",
        f"http://127.0.0.1:{port} /l",
        f"http://127.0.0.1:{port}/l\r\nhost: evil",
    ):
        with pytest.raises(ForbiddenError):
            await fetched(issuer, link(url))
    assert issuer.asked == []


async def test_a_redirect_is_not_followed(issuer: Issuer) -> None:
    with serving() as inside:
        inside.replies["/secret"] = (200, b"secret")
        issuer.replies["/l/x"] = (302, b"")
        issuer.headers["location"] = f"{inside.url}/secret"
        with pytest.raises(UnavailableError):
            await fetched(issuer, link(f"{issuer.url}/l/x", "U"))
        assert inside.asked == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFoundError),
        (403, NotFoundError),
        (410, NotFoundError),
        (500, UnavailableError),
        (429, UnavailableError),
    ],
)
async def test_what_an_issuer_refuses_is_told(issuer: Issuer, status: int, error: type[CorridorError]) -> None:
    issuer.replies["/l/x"] = (status, b"{}")
    with pytest.raises(error):
        await fetched(issuer, link(f"{issuer.url}/l/x"))


@pytest.mark.parametrize(("body", "left"), [(b'{"remainingAttempts":4}', 4), (b"{}", -1), (b"no", -1), (b"[]", -1)])
async def test_a_wrong_passcode_is_told_with_what_is_left(issuer: Issuer, body: bytes, left: int) -> None:
    for status in (401, 422):
        issuer.replies["/l/x"] = (status, body)
        with pytest.raises(PasscodeError) as refused:
            await fetched(issuer, link(f"{issuer.url}/l/x"))
        assert refused.value.remaining == left


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"files":7}', b'{"files":[]}', b'{"files":[7]}', b"\xff", b'{"files":[{}]}']
)
async def test_what_is_no_manifest_is_refused(issuer: Issuer, body: bytes) -> None:
    issuer.replies["/l/x"] = (200, body)
    with pytest.raises((MalformedError, ForbiddenError)):
        await fetched(issuer, link(f"{issuer.url}/l/x"))


async def test_a_huge_file_is_not_taken_in(issuer: Issuer) -> None:
    issuer.replies["/f"] = (200, bytes(MANIFEST_BYTES_MAX + 1))
    with pytest.raises((TooLargeError, MalformedError)):
        await fetched(issuer, link(f"{issuer.url}/f", "U"))


async def test_an_issuer_that_is_away_is_unavailable(issuer: Issuer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with pytest.raises(UnavailableError):
        await asking(issuer, url).fetch(link(f"{url}/f", "U"), recipient="x", passcode=None)


@given(st.text(max_size=60))
def test_any_text_has_an_origin_or_none(text: str) -> None:
    for url in (text, f"http://{text}", f"https://ve.example{text}"):
        origin = origin_of(url)
        assert origin == "" or origin.startswith(("http://", "https://"))
