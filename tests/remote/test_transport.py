"""The lean transport against servers that behave and servers that do not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corridor.domain.errors import CorridorError, DeadlineError, MalformedError, UnavailableError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.remote import transport as lean
from corridor.remote.transport import Transport
from tests.remote.servers import (
    Behaviour,
    dripping,
    flooding,
    flooding_head,
    hanging,
    read_request,
    saying,
    serving,
    whole,
)


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.close()


async def ask(transport: Transport, base: str, *, body: bytes = b"{}", seconds: float = 5) -> SignedResponse:
    request = SignedRequest("POST", base + "/a/b?c=d", {"content-type": "application/json"}, body)
    return await transport.send(request, timeout_seconds=seconds, max_body_bytes=1000)


async def test_the_request_arrives_as_it_was_made_and_the_answer_comes_back(transport: Transport) -> None:
    seen: list[bytes] = []

    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(whole(b"answer", extra=b"X-One: 1\r\nx-two: a\r\nx-two: b\r\n"))

    async with serving(behaviour) as base:
        response = await ask(transport, base)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a/b?c=d HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"content-length: 2" in head
    assert body == b"{}"
    assert (response.status, response.body) == (200, b"answer")
    assert response.headers == {"content-length": "6", "x-one": "1", "x-two": "a, b"}


async def test_an_answer_in_chunks_is_put_together(transport: Transport) -> None:
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    async with serving(saying(chunked)) as base:
        assert (await ask(transport, base)).body == b"abcde"


def counting(connections: list[int], *, close: bool = False) -> Behaviour:
    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while True:
            await read_request(reader)
            connections[-1] += 1
            writer.write(whole(b"x", extra=b"connection: close\r\n" if close else b""))
            await writer.drain()
            if close:
                return

    return behaviour


async def test_a_connection_is_used_again(transport: Transport) -> None:
    connections: list[int] = []
    async with serving(counting(connections)) as base:
        for _ in range(5):
            await ask(transport, base)
    assert connections == [5]


async def test_a_connection_that_its_server_ends_is_replaced(transport: Transport) -> None:
    for close in (True, False):
        connections: list[int] = []
        behaviour = counting(connections, close=True) if close else saying(whole(b"x"))
        async with serving(behaviour) as base:
            for _ in range(3):
                assert (await ask(transport, base)).body == b"x"
                await asyncio.sleep(0.05)


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections: list[int] = []
    async with serving(counting(connections)) as base:
        await ask(transport, base)
        monkeypatch.setattr(lean, "IDLE_SECONDS", 0.0)
        await ask(transport, base)
    assert connections == [1, 1]


async def test_many_ask_one_peer_at_once_over_no_more_than_the_limit(transport: Transport) -> None:
    connections: list[int] = []
    async with serving(counting(connections)) as base:
        await asyncio.gather(*(ask(transport, base) for _ in range(3 * lean.PER_PEER)))
    assert len(connections) <= lean.PER_PEER
    assert sum(connections) == 3 * lean.PER_PEER


MISBEHAVIOURS: dict[str, tuple[Behaviour, type[CorridorError]]] = {
    "hangs": (hanging, DeadlineError),
    "drips": (dripping, DeadlineError),
    "floods": (flooding, MalformedError),
    "floods its head": (flooding_head, MalformedError),
    "ends without a word": (saying(b""), UnavailableError),
    "sends garbage": (saying(b"\x00\x01 garbage \r\n\r\n"), MalformedError),
    "speaks another protocol": (saying(b"220 smtp.example ready\r\n"), MalformedError),
    "sends half a head": (saying(b"HTTP/1.1 200 OK\r\nconte"), MalformedError),
    "sends half a body": (saying(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), MalformedError),
    "sends half a chunk": (
        saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
        MalformedError,
    ),
    "sends a wrong chunk": (
        saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab"),
        MalformedError,
    ),
    "sends half and holds": (
        saying(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", hold=True),
        DeadlineError,
    ),
    "sends more than is read": (saying(whole(b"x" * 1001)), MalformedError),
    "declares no length": (saying(b"HTTP/1.1 200 OK\r\n\r\nbody"), MalformedError),
    "sends a signature twice": (saying(whole(b"", extra=b"signature: a\r\nsignature: b\r\n")), MalformedError),
    "answers twice": (saying(whole(b"a") + whole(b"b")), MalformedError),
    "is still thinking": (saying(b"HTTP/1.1 103 Early Hints\r\n\r\n"), MalformedError),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_a_server_that_misbehaves_is_a_clear_error_in_time(name: str, transport: Transport) -> None:
    behaviour, error = MISBEHAVIOURS[name]
    async with serving(behaviour) as base:
        with pytest.raises(error):
            await asyncio.wait_for(ask(transport, base, seconds=0.3 if error is DeadlineError else 20), timeout=30)


async def test_after_a_failure_the_connection_is_not_used_again(transport: Transport) -> None:
    connections = 0

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        if connections == 1:
            await asyncio.sleep(0.2)
        writer.write(whole(b"%d" % connections))

    async with serving(late) as base:
        with pytest.raises(DeadlineError):
            await ask(transport, base, seconds=0.1)
        response = await ask(transport, base)
    assert response.body == b"2"


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:1", "http://no-such-host.invalid", "ftp://x", "http://", "http://x:99999"]
)
async def test_nobody_there_is_unavailable(transport: Transport, base: str) -> None:
    with pytest.raises(UnavailableError):
        await ask(transport, base)


async def test_no_time_left_is_a_deadline(transport: Transport) -> None:
    async with serving(saying(whole(b"x"))) as base:
        with pytest.raises(DeadlineError):
            await ask(transport, base, seconds=0)


async def test_https_is_spoken_to_a_server_that_is_trusted_and_to_no_other(certificate: tuple[Path, Path]) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate[1], certificate[0])
    trusting = Transport(ssl.create_default_context(cafile=str(certificate[1])))
    async with serving(saying(whole(b"x")), tls=server) as base:
        assert (await ask(trusting, base)).body == b"x"
        with pytest.raises(UnavailableError):
            await ask(Transport(), base)
    await trusting.close()
