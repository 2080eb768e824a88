"""HTTP/1.1 over kept connections, as lean as the fan-out to the other countries needs it.

Measured (SPEED section 5): a call through a general client costs 1.5 ms of CPU, through streams 0.1 ms.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from corridor.domain.errors import DeadlineError, MalformedError, UnavailableError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.remote.incoming import Incoming

Towards = Callable[..., ssl.SSLContext | None]
"""By host, port and `secure=`, what a peer is spoken to with; None for what is usual."""

IDLE_SECONDS = 3.0
"""Servers let go of idle connections after some 5 s; ours are not used again a good while before that."""

PER_PEER = 64
"""Connections to one peer at a time."""

_CHUNK = 256 * 1024


class StaleError(UnavailableError):
    """A kept connection had ended before the answer began: its server had let go of it, and may be asked afresh."""


@dataclass(frozen=True, slots=True)
class _Peer:
    host: str
    port: int
    secure: bool


@dataclass(slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    idle_since: float = 0.0
    ended: bool = False
    kept: bool = False
    tls: ssl.SSLContext | None = None


class Transport:
    """Sends requests; one for a whole process.

    Never follows a redirect, never repeats a request, never decompresses.

    Args:
        tls: for `https` addresses; the platform's own trust where None.
        towards: what a host and port are spoken to with, where that is not `tls`. What it gives may change: a
            connection that was opened with something else is not used again.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, towards: Towards | None = None) -> None:
        self._tls = tls
        self._towards = towards
        self._idle: dict[_Peer, list[_Connection]] = defaultdict(list)
        self._turns: dict[_Peer, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_PEER))

    async def send(self, request: SignedRequest, *, timeout_seconds: float, max_body_bytes: int) -> SignedResponse:
        """The whole response to a request.

        Raises:
            DeadlineError: the last byte did not arrive in time.
            StaleError: it was sent on a kept connection that had ended.
            UnavailableError: no connection, or it broke before an answer began.
            MalformedError: not HTTP, half an answer, or a body larger than `max_body_bytes`.
        """
        peer, head = _head(request)
        try:
            async with asyncio.timeout(timeout_seconds), self._turns[peer], self._connected(peer) as connection:
                connection.writer.write(head + request.body)
                with suppress(ConnectionError):  # what the peer said before it ended the connection can still be read
                    await connection.writer.drain()
                return await _receive(connection, max_body_bytes)
        except TimeoutError:
            raise DeadlineError("A peer did not answer in time.") from None
        except (OSError, UnicodeError):
            raise UnavailableError("A peer cannot be reached.") from None

    async def close(self) -> None:
        """Let go of every connection."""
        for peer in tuple(self._idle):
            self._forget(peer)

    def _forget(self, peer: _Peer) -> None:
        for connection in self._idle.pop(peer, ()):
            connection.writer.close()

    @asynccontextmanager
    async def _connected(self, peer: _Peer) -> AsyncIterator[_Connection]:
        """A connection that is kept when the block ends well, and closed when it does not."""
        tls = self._tls_for(peer)
        connection = self._kept(peer, tls) or await self._open(peer, tls)
        try:
            yield connection
        except BaseException as error:
            connection.writer.transport.abort()
            if isinstance(error, StaleError):
                self._forget(peer)
            raise
        if connection.ended:
            connection.writer.close()
            return
        connection.idle_since, connection.kept = time.monotonic(), True
        self._idle[peer].append(connection)

    def _kept(self, peer: _Peer, tls: ssl.SSLContext | None) -> _Connection | None:
        while self._idle[peer]:
            connection = self._idle[peer].pop()
            fresh = time.monotonic() - connection.idle_since < IDLE_SECONDS
            if (
                fresh
                and connection.tls is tls
                and not connection.reader.at_eof()
                and not connection.writer.is_closing()
            ):
                return connection
            with suppress(OSError):
                connection.writer.close()
        return None

    def _tls_for(self, peer: _Peer) -> ssl.SSLContext | None:
        if self._towards and (tls := self._towards(peer.host, peer.port, secure=peer.secure)):
            return tls
        if peer.secure and self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls if peer.secure else None

    async def _open(self, peer: _Peer, tls: ssl.SSLContext | None) -> _Connection:
        opened = await asyncio.open_connection(peer.host, peer.port, ssl=tls, limit=_CHUNK)
        return _Connection(*opened, tls=tls)


async def _receive(connection: _Connection, max_body_bytes: int) -> SignedResponse:
    incoming = Incoming(max_body_bytes)
    while not incoming.whole:
        chunk = await _read(connection)
        if not chunk and not incoming.begun:
            wrong = StaleError if connection.kept else UnavailableError
            raise wrong("A peer ended the connection without an answer.")
        if not chunk:
            raise MalformedError("A peer sent half an answer.")
        incoming.take(chunk)
    connection.ended = not incoming.goes_on
    return incoming.response()


async def _read(connection: _Connection) -> bytes:
    """What came next; nothing where the connection has ended, in whichever way."""
    try:
        return await connection.reader.read(_CHUNK)
    except ConnectionError:
        return b""


def _head(request: SignedRequest) -> tuple[_Peer, bytes]:
    try:
        url = urlsplit(request.url)
        port = url.port or (443 if url.scheme == "https" else 80)
    except ValueError:
        raise UnavailableError("A peer's address is not a URL.") from None
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise UnavailableError("A peer's address is not a URL.")
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {"host": url.netloc, **request.headers, "content-length": str(len(request.body))}
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return _Peer(url.hostname, port, url.scheme == "https"), "\r\n".join(lines).encode("latin-1")
