"""That answers sent in one write are those of the server that we extend, byte for byte."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from corridor.apps.one_write import OneWrite, whole

_LENGTH = (b"content-length", b"2")
_KIND = (b"Content-Type", b"text/plain")


def _start(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def _body(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


ANSWERS: dict[str, list[Message]] = {
    "/whole": [_start(_KIND, _LENGTH), _body(b"ok")],
    "/empty": [_start((b"content-length", b"0")), _body(b"")],
    "/unchanged": [_start((b"etag", b'W/"1"'), status=304), _body(b"")],
    "/parts": [_start(_KIND, _LENGTH), _body(b"o", more=True), _body(b"k")],
    "/chunked": [_start(_KIND), _body(b"o", more=True), _body(b"k")],
    "/unmeasured": [_start(_KIND), _body(b"ok")],
    "/last": [_start(_LENGTH, (b"connection", b"close")), _body(b"ok")],
    "/short": [_start((b"content-length", b"3")), _body(b"ok")],
    "/long": [_start((b"content-length", b"1")), _body(b"ok")],
    "/injected": [_start(_LENGTH, (b"x-told", b"a\r\nset-cookie: b")), _body(b"ok")],
    "/misnamed": [_start(_LENGTH, (b"x told", b"a")), _body(b"ok")],
    "/begun": [_start(_LENGTH)],
    "/twice": [_start(_LENGTH), _start(_LENGTH)],
    "/nothing": [],
}


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/echo é":
        told = f"{scope['method']} {scope['raw_path']} {scope['query_string']} {(await receive())['body']}".encode()
        await send(_start((b"content-length", str(len(told)).encode())))
        await send(_body(told))
        return
    for each in ANSWERS[scope["path"]]:
        await send(each)
    if scope["path"] == "/begun":
        raise RuntimeError("It broke off.")


@asynccontextmanager
async def _served(protocol: type[HttpToolsProtocol], *, kept_seconds: int = 5) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        _app,
        http=protocol,
        ws="none",
        lifespan="off",
        date_header=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=kept_seconds,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def _both(*sent: bytes) -> tuple[list[bytes], list[bytes]]:
    """What the server answers to each on a connection of its own before it ends it, and what ours does."""
    async with _served(HttpToolsProtocol) as theirs, _served(OneWrite) as ours:
        return [await _heard(theirs, each) for each in sent], [await _heard(ours, each) for each in sent]


async def _heard(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


def _request(path: str, *, method: str = "GET", version: str = "1.1", more: str = "", body: str = "") -> bytes:
    return f"{method} {path} HTTP/{version}\r\nHost: node\r\n{more}\r\n{body}".encode()


_LAST = _request("/last")
"""Whoever sent this is let go of after its answer."""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_every_kind_of_answer_is_the_same(method: str) -> None:
    paths = sorted(ANSWERS.keys() - {"/begun"})
    theirs, ours = await _both(*(_request(path, method=method) + _LAST for path in paths))
    assert dict(zip(paths, ours, strict=True)) == dict(zip(paths, theirs, strict=True))


async def test_every_kind_of_request_is_answered_alike() -> None:
    named, four = "/echo%20%C3%A9", "Content-Length: 4\r\n"
    theirs, ours = await _both(
        _request("/whole") * 3 + _LAST,
        _request("/whole", version="1.0"),
        _request("/whole", more="Connection: close\r\n"),
        _request(f"{named}?a=b%20c") + _LAST,
        _request(named, method="PUT", more=four, body="text") + _LAST,
        _request(named, method="PUT", more=f"{four}Expect: 100-continue\r\n", body="text") + _LAST,
        _request("/whole", more="Connection: upgrade\r\nUpgrade: websocket\r\n") + _LAST,
        b"not HTTP\r\n\r\n",
    )
    assert ours == theirs


async def test_a_connection_on_which_nobody_asks_any_more_is_ended() -> None:
    async with _served(OneWrite, kept_seconds=1) as port:
        assert (await _heard(port, _request("/whole") * 2)).count(b"HTTP/1.1 200") == 2


async def test_an_answer_that_broke_off_before_its_body_is_not_begun() -> None:
    theirs, ours = await _both(_request("/begun"))
    assert theirs[0].startswith(b"HTTP/1.1 200")
    assert ours == [b""]


def test_what_is_not_plain_is_left_to_the_server() -> None:
    assert whole(200, [_LENGTH, _KIND], b"ok").endswith(b"content-type: text/plain\r\n\r\nok")
    assert whole(200, [_LENGTH, (b"x", b"a\nb")], b"ok") == b""
    assert whole(200, [_LENGTH, (b"transfer-encoding", b"chunked")], b"ok") == b""
    assert whole(200, [_KIND], b"ok") == b""
