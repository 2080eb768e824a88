"""HTTP as uvicorn speaks it, with the head and the body of an answer in one write.

Each write is a call of the system and wakes who waits at the other end: for an answer of a few kilobytes, the second
costs as much as making its Bundle.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent

_LENGTH = b"content-length: "
_APART = frozenset({b"connection", b"transfer-encoding"})
"""Headers that decide how an answer is sent."""

_UNSENT = re.compile(b"[\x00-\x08\x0a-\x1f\x7f]")
"""What no value of a header has (RFC 9110 section 5.5)."""


class OneWrite(HttpToolsProtocol):
    """A connection; its answers are those of uvicorn, byte for byte."""

    _quiet_since: float | None = None

    def on_headers_complete(self) -> None:
        """Begin to answer; without WebSockets, a root path and a limit of connections, which are not configured."""
        parser, scope = self.parser, self.scope
        version = parser.get_http_version()
        scope["method"] = parser.get_method().decode("ascii")
        scope["http_version"] = version
        address = httptools.parse_url(self.url)
        path = address.path.decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = address.path
        scope["query_string"] = address.query or b""
        before, self.cycle = self.cycle, self._cycle(keep_alive=version != "1.0" and parser.should_keep_alive())
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_response_complete(self) -> None:
        """Go on with what was asked meanwhile, or wait to be asked again.

        One alarm serves a connection as long as it lasts: to begin and end one with each answer takes longer.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._quiet_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wake_in(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """End a connection on which nothing was asked for so long."""
        self.timeout_keep_alive_task = None
        if self._quiet_since is None:  # an answer is being made; it begins to wait anew
            return
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wake_in(left)
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        super().connection_lost(exc)
        super()._unset_keepalive_if_required()

    def _unset_keepalive_if_required(self) -> None:
        self._quiet_since = None

    def _wake_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _cycle(self, *, keep_alive: bool) -> _Cycle:
        return _Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )


class _Cycle(RequestResponseCycle):
    """One request and its answer, whose head waits for the first of the body, as ASGI says."""

    _head: HTTPResponseStartEvent | None = None

    async def send(self, message: ASGISendEvent) -> None:
        """See ASGI."""
        head = self._head
        if head is not None:
            self._head = None
            if not self._is_sent(head, message):
                self.response_started = False
                await super().send(head)
                await super().send(message)
        elif message["type"] == "http.response.start" and not self.response_started:
            self._head = message
            self.response_started = True
        else:
            await super().send(message)

    def _is_sent(self, head: HTTPResponseStartEvent, message: Any) -> bool:
        """Whether the answer was whole and plain, and has been sent at once."""
        if (
            message.get("more_body")
            or message["type"] != "http.response.body"
            or self.flow.write_paused
            or self.disconnected
            or not self.keep_alive
            or self.scope["method"] == "HEAD"
        ):
            return False
        content = whole(head["status"], [*self.default_headers, *head.get("headers", ())], message.get("body", b""))
        if not content:
            return False
        self.waiting_for_100_continue = False
        self.chunked_encoding = False
        self.transport.write(content)
        self.response_complete = True
        self.message_event.set()
        self.on_response()
        return True


def whole(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    """An answer with its head; empty where it is not as long as its head says, or not plain."""
    pieces, values, length = [STATUS_LINE[status]], [], -1
    for name, value in headers:
        start = _start(name)
        if not start:
            return b""
        if start == _LENGTH:
            length = int(value)
        values.append(value)
        pieces += (start, value, b"\r\n")
    if length != len(body) or _UNSENT.search(b"".join(values)):
        return b""
    pieces += (b"\r\n", body)
    return b"".join(pieces)


@lru_cache(maxsize=256)
def _start(name: bytes) -> bytes:
    """What a header of a name begins with; empty where it is left to uvicorn."""
    lower = name.lower()
    return b"" if lower in _APART or HEADER_RE.search(name) else lower + b": "
