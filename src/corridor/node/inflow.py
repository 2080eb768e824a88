"""Bodies on their way in: unpacked piece by piece, and put from XML into JSON."""

from __future__ import annotations

import zlib

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from corridor.domain.errors import MalformedError, MediaTypeError
from corridor.node.national import read_limited

_ENCODINGS = frozenset({"gzip", "x-gzip"})
_GZIP = 16 + zlib.MAX_WBITS
_PIECE_BYTES = 256 * 1024
"""So much is unpacked at a time: what reads the body stops it where it has read enough."""


def inflated(scope: Scope, receive: Receive) -> Receive:
    """The body without its `Content-Encoding`.

    Raises:
        MediaTypeError: it is packed in a way that is not read here.

    Source: RFC 9110 section 8.4
    """
    headers = dict(scope["headers"])
    encodings = [each.strip().lower() for each in headers.get(b"content-encoding", b"").decode("latin-1").split(",")]
    encodings = [each for each in encodings if each not in {"", "identity"}]
    if not encodings:
        return receive
    if len(encodings) > 1 or encodings[0] not in _ENCODINGS:
        raise MediaTypeError("Bodies are read as they are, or packed once with gzip.")
    _without(scope, b"content-encoding", b"content-length")
    return _Inflated(receive)


class _Inflated:
    """ASGI's `receive`, which unpacks; a bomb is never larger in memory than one piece.

    Args:
        receive: of the packed body.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._unpacker = zlib.decompressobj(_GZIP)
        self._packed = b""
        self._more = True

    async def __call__(self) -> Message:
        """The next piece, unpacked; after the end, whatever else happens on the connection."""
        if not self._packed and not self._more:
            return await self._receive()
        while not self._packed and self._more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._packed = message.get("body", b"")
            self._more = message.get("more_body", False)
        return {"type": "http.request", "body": self._piece(), "more_body": bool(self._packed) or self._more}

    def _piece(self) -> bytes:
        if self._unpacker.eof and self._packed:
            self._unpacker = zlib.decompressobj(_GZIP)  # one member of the file ended, the next one begins
        try:
            piece = self._unpacker.decompress(self._packed, _PIECE_BYTES)
            self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if not self._packed and not self._more:
                piece += self._unpacker.flush()
        except zlib.error:
            raise MalformedError("The body is not gzip.") from None
        if not self._packed and not self._more and not self._unpacker.eof:
            raise MalformedError("The packed body breaks off.")
        return piece


def as_json(scope: Scope, receive: Receive, *, max_bytes: int) -> Receive:
    """A body in XML as doors read it: JSON; it is read and written anew when a door wants it."""
    xml = Request({**scope}, receive)
    sent = False

    async def converted() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        from corridor.fhir.xml import from_xml  # noqa: PLC0415  # lxml takes memory that a node without XML saves

        return {"type": "http.request", "body": from_xml(await read_limited(xml, max_bytes)), "more_body": False}

    _without(scope, b"content-type", b"content-length")
    scope["headers"].append((b"content-type", b"application/fhir+json"))
    return converted


def _without(scope: Scope, *names: bytes) -> None:
    """Take headers out that no longer tell the truth."""
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in names]
