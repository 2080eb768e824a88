"""One HTTP response as it comes in, byte by byte, within limits."""

from __future__ import annotations

import httptools

from corridor.domain.errors import MalformedError, SignatureError
from corridor.domain.message import SignedResponse, header_fields

HEAD_BYTES_MAX = 32 * 1024
_INFORMATIONAL = 200


class Incoming:
    """What the parser has found so far; it calls the `on_…` methods.

    Args:
        max_body_bytes: more is refused before it is taken in.

    Attributes:
        begun: whether anything has arrived.
        whole: whether everything has.
        goes_on: whether the peer lets the connection be used again.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self.begun = False
        self.whole = False
        self.goes_on = False
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self._left = max_body_bytes
        self._head_left = HEAD_BYTES_MAX
        self._problem = ""

    def take(self, chunk: bytes) -> None:
        """Read on.

        Raises:
            MalformedError: not HTTP, a head or a body that is too large, or more than one answer.
        """
        self.begun = True
        try:
            self._parser.feed_data(chunk)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            raise MalformedError(self._problem or "A peer sent something that is not HTTP.") from None
        if self._problem:
            raise MalformedError(self._problem)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._head_left -= len(name) + len(value)
        if self._head_left < 0:
            self._refuse("A peer sent too large a head.")
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The end of the head, the only moment at which the parser knows whether the connection goes on."""
        self.goes_on = self._parser.should_keep_alive()

    def on_body(self, chunk: bytes) -> None:
        """A piece of the body."""
        self._left -= len(chunk)
        if self._left < 0:
            self._refuse("A peer sent more than is read here.")
        self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """The end."""
        if self.whole:
            self._refuse("A peer sent more than one answer.")
        self.whole = True

    def response(self) -> SignedResponse:
        """The whole response.

        Raises:
            MalformedError: an interim answer, or a header that may come only once came twice.
        """
        status = self._parser.get_status_code()
        try:
            fields = header_fields(self._headers)
        except SignatureError:
            raise MalformedError("A peer sent a header twice that may come only once.") from None
        if status < _INFORMATIONAL:
            raise MalformedError("A peer sent an answer that was not asked for.")
        return SignedResponse(status, fields, b"".join(self._chunks))

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        raise MalformedError(problem)
