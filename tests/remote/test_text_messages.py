"""Codes to telephones over a real gateway on loopback: what it is sent, and what becomes of every way to fail."""

from __future__ import annotations

import asyncio
import json
import ssl
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corridor.domain.errors import UnavailableError
from corridor.domain.secret import Secret
from corridor.remote.text_messages import FileTextMessages, HttpTextMessages
from corridor.remote.transport import Transport
from tests.remote.servers import Behaviour, dripping, flooding, hanging, read_request, saying, serving, whole

TELEPHONE, TEXT, TOKEN = "+51987654321", "481516 es su código. Dígalo solo a quien le atiende.", "of-the-gateway-only"
SECRETS = (TELEPHONE, "481516", TOKEN)
SECONDS = 0.3


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.close()


async def send(transport: Transport, base: str, *, seconds: float = 5) -> None:
    gateway = HttpTextMessages(transport, f"{base}/send?from=ses", Secret(TOKEN.encode()), timeout_seconds=seconds)
    await gateway.send(TELEPHONE, TEXT)


async def leaves(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Reads the message and hangs up."""
    await read_request(reader)


@pytest.mark.parametrize("status", [b"200 OK", b"201 Created", b"202 Accepted", b"204 No Content"])
async def test_a_message_is_one_post_with_number_and_text_and_the_token(transport: Transport, status: bytes) -> None:
    seen: list[bytes] = []

    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(whole(b"", status=status))

    async with serving(behaviour) as base:
        await send(transport, base)
    [(head, _, body)] = [each.partition(b"\r\n\r\n") for each in seen]
    assert head.startswith(b"POST /send?from=ses HTTP/1.1\r\n")
    assert f"authorization: Bearer {TOKEN}".encode() in head
    assert b"content-type: application/json" in head
    assert json.loads(body) == {"to": TELEPHONE, "text": TEXT}


ECHO = whole(f"{TELEPHONE} {TEXT} {TOKEN}".encode(), status=b"400 Bad Request")
FAILURES: dict[str, Behaviour] = {
    "wrong number": saying(ECHO),
    "wrong token": saying(whole(b"", status=b"401 Unauthorized")),
    "spent": saying(whole(b"", status=b"429 Too Many Requests")),
    "moved": saying(whole(b"", status=b"307 Temporary Redirect", extra=b"location: http://127.0.0.1:1/\r\n")),
    "broken": saying(whole(b"oops", status=b"500 Internal Server Error")),
    "overloaded": saying(whole(b"", status=b"503 Service Unavailable")),
    "slow": hanging,
    "drop by drop": dripping,
    "endless": flooding,
    "hung up": leaves,
    "half an answer": saying(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
    "no HTTP": saying(b"+OK 481516\r\n"),
}


def check_says_nothing(error: UnavailableError, capfd: pytest.CaptureFixture[str]) -> None:
    """One plain sentence, and nothing of number, code and token where anybody reads."""
    assert error.message == "The message could not be sent."
    out, logged = capfd.readouterr()
    shown = "".join(traceback.format_exception(error, chain=True)) + repr(error) + out + logged
    assert not [each for each in SECRETS if each in shown]


@pytest.mark.parametrize("name", FAILURES)
async def test_a_gateway_that_fails_is_one_plain_error_that_tells_nothing(
    name: str, transport: Transport, capfd: pytest.CaptureFixture[str]
) -> None:
    async with serving(FAILURES[name]) as base:
        with pytest.raises(UnavailableError) as caught:
            await send(transport, base, seconds=SECONDS)
    check_says_nothing(caught.value, capfd)


async def test_a_gateway_that_is_closed_or_no_address_is_the_same_error(
    transport: Transport, capfd: pytest.CaptureFixture[str]
) -> None:
    async with serving(hanging) as base:
        pass
    for address in (base, "http://gateway.invalid", "http://127.0.0.1:99999", "gateway"):
        with pytest.raises(UnavailableError) as caught:
            await send(transport, address)
        check_says_nothing(caught.value, capfd)


async def test_a_gateway_whose_certificate_nobody_trusts_is_sent_nothing(
    transport: Transport, certificate: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[bytes] = []

    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(whole(b""))

    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate[1], certificate[0])
    trusting = Transport(ssl.create_default_context(cafile=str(certificate[1])))
    async with serving(behaviour, tls=server) as base:
        with pytest.raises(UnavailableError) as caught:
            await send(transport, base)
        elsewhere = base.replace("localhost", "127.0.0.1")  # the certificate is of another name
        with pytest.raises(UnavailableError):
            await send(trusting, elsewhere)
        assert seen == []
        await send(trusting, base)
    await trusting.close()
    assert len(seen) == 1
    check_says_nothing(caught.value, capfd)


async def test_a_kept_connection_that_ended_costs_nobody_their_code(transport: Transport) -> None:
    taken: list[bytes] = []

    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await read_request(reader))
        writer.write(whole(b""))
        await writer.drain()
        await read_request(reader)  # a second message on this connection finds it ended

    async with serving(behaviour) as base:
        await send(transport, base)
        await send(transport, base)
    assert len(taken) == 2


async def test_in_development_a_file_that_nobody_else_reads_takes_the_messages(tmp_path: Path) -> None:
    file = tmp_path / "messages"
    await FileTextMessages(file).send(TELEPHONE, TEXT)
    await FileTextMessages(file).send(TELEPHONE, TEXT)
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == [{"to": TELEPHONE, "text": TEXT}] * 2
    assert file.stat().st_mode & 0o777 == 0o600
