"""What stands between the wire and every door of the national base: XML, indented answers, and gzip both ways.

A request that asks for nothing of this passes through after one look at its headers. Answers may be packed although
they repeat what was asked: the base knows no cookies, so that no other site can make a browser ask in somebody's name.

Source: https://hl7.org/fhir/R4/http.html#mime-type; RFC 9110 sections 8.4 and 12.5
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.middleware.gzip import GZipResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corridor.domain.errors import CorridorError, InvalidError
from corridor.fhir.outcome import outcome
from corridor.node.formats import FORMAT, XML_TYPES, body_type, check_encoding, wanted_format
from corridor.node.inflow import as_json, inflated

BASE = "/fhir"
_BELOW = f"{BASE}/"

_JSON = b"application/fhir+json"
_XML = b"application/fhir+xml; charset=utf-8"
_PARAMETERS = re.compile(rb"_format|_pretty|%5")
_FORM = b"application/x-www-form-urlencoded"
_GZIP_FROM_BYTES = 2048
_GZIP_LEVEL = 4
_THREAD_FROM_BYTES = 64 * 1024
"""Answers from this size on are written anew in a thread, so that others need not wait."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks of this layer.

    Attributes:
        format: `json` or `xml`.
        pretty: with line breaks and indentation.
        from_form: a door may still name the format.
    """

    format: str = "json"
    pretty: bool = False
    from_form: bool = False


class Wire:
    """Pure ASGI: doors see JSON that is not compressed, callers what they asked for.

    Args:
        app: everything behind.
        max_body_bytes: of a body in XML.
    """

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not _is_national(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in _LOOKED_AT}
        app = self._app
        if headers or scope["query_string"]:
            app = self._speaking(scope, headers)
        if b"accept-encoding" in headers and _accepts_gzip(headers[b"accept-encoding"]):
            app = GZipResponder(app, _GZIP_FROM_BYTES, compresslevel=_GZIP_LEVEL)
        await app(scope, receive, send)

    def _speaking(self, scope: Scope, headers: dict[bytes, bytes]) -> ASGIApp:
        """The application as this request wants to speak with it."""
        kind, encoding = headers.get(b"content-type", b"").lower(), headers.get(b"content-encoding", b"")
        accept = headers.get(b"accept", b"").lower()
        escaped = b"%" in scope["query_string"] or not scope["query_string"].isascii()
        plain = b"xml" not in accept and b"xml" not in kind and not kind.startswith(_FORM)
        if plain and not encoding and not _names_format(scope) and not (escaped and _is_broken(scope["query_string"])):
            return self._app

        async def spoken(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                asked = _asked(scope, accept.decode("latin-1"), from_form=kind.startswith(_FORM))
            except CorridorError:
                asked = _Asked()  # the door refuses it, in JSON
            answer = _Answer(send, scope, asked)
            try:
                check_encoding(scope["query_string"])
                inner = self._received(scope, receive, kind.decode("latin-1"))
            except CorridorError as error:
                await answer.refuse(error)
                return
            await self._app(scope, inner, answer)

        return spoken

    def _received(self, scope: Scope, receive: Receive, kind: str) -> Receive:
        """The body as doors read it; nothing of it is read before a door wants it."""
        receive = inflated(scope, receive)
        if kind and body_type(kind) in XML_TYPES:
            return as_json(scope, receive, max_bytes=self._max_body_bytes)
        return receive


_LOOKED_AT = frozenset({b"accept", b"content-type", b"content-encoding", b"accept-encoding"})


def _is_national(path: str) -> bool:
    return path.startswith(_BELOW) or path == BASE


def _names_format(scope: Scope) -> bool:
    return _PARAMETERS.search(scope["query_string"]) is not None


def _is_broken(query: bytes) -> bool:
    try:
        check_encoding(query)
    except InvalidError:
        return True
    return False


def _accepts_gzip(header: bytes) -> bool:
    header = header.lower()
    if b"gzip" not in header:
        return False
    found = [each.replace(b" ", b"") for each in header.split(b",")]
    return any(each == b"gzip" or (each.startswith(b"gzip;q=") and each.strip(b"0.") != b"gzip;q=") for each in found)


def _asked(scope: Scope, accept: str, *, from_form: bool) -> _Asked:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    named = [value for name, value in pairs if name == "_format"]
    pretty = [value for name, value in pairs if name == "_pretty"]
    return _Asked(wanted_format(accept, named[-1] if named else None), pretty == ["true"], from_form)


class _Answer:
    """ASGI's `send`, which writes a FHIR answer anew in the format that was asked for."""

    def __init__(self, send: Send, scope: Scope, asked: _Asked) -> None:
        self._send = send
        self._scope = scope
        self._asked = asked
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Send it on, or keep it until it is whole."""
        if message["type"] == "http.response.start" and self._is_written_anew(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            await self._finish(self._start, b"".join(self._parts))

    async def refuse(self, error: CorridorError) -> None:
        """Answer in the place of a door."""
        status, body = outcome(error)
        headers = [(b"content-type", _JSON + b"; charset=utf-8"), (b"cache-control", b"no-store")]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})

    def _is_written_anew(self, start: Message) -> bool:
        if self._asked.from_form and self._scope.get(FORMAT):
            self._asked = replace(self._asked, format=self._scope[FORMAT])
        if self._asked.format == "json" and not self._asked.pretty:
            return False
        return any(name == b"content-type" and value.startswith(_JSON) for name, value in start["headers"])

    async def _finish(self, start: Message, body: bytes) -> None:
        status = start["status"]
        try:
            written = await self._written(body) if body else body
        except CorridorError as error:
            status, refusal = outcome(error)
            written = await self._written(refusal)
        kind = _XML if self._asked.format == "xml" else None
        headers = [(name, kind if kind and name == b"content-type" else value) for name, value in start["headers"]]
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        if body:
            headers.append((b"content-length", str(len(written)).encode()))
        await self._send({**start, "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": written})

    async def _written(self, body: bytes) -> bytes:
        write = _writer(self._asked)
        return await asyncio.to_thread(write, body) if len(body) >= _THREAD_FROM_BYTES else write(body)


def _writer(asked: _Asked) -> Callable[[bytes], bytes]:
    from corridor.fhir import xml  # noqa: PLC0415  # its tables and lxml take memory that a node without XML saves

    if asked.format == "xml":
        return lambda body: xml.to_xml(body, pretty=asked.pretty)
    return xml.pretty_json
