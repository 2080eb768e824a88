"""Files that pages fetch from this site: packed for slow lines, at an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

YEAR_SECONDS = 365 * 24 * 3600
_LEVEL = 6
_SMALLEST_BYTES = 600
_NEVER = re.compile(r"\s*q=0(\.0*)?\s*")


def packed(request: Request, response: Response) -> Response:
    """The response, packed with gzip where the browser can unpack it and it is worth it.

    What is secret in a page (the token of its forms) cannot be guessed from its length: cookies are SameSite=Strict,
    so that no other site can have a page of this one made, however often.
    """
    response.headers.append("Vary", "Accept-Encoding")
    content = bytes(response.body)
    if len(content) >= _SMALLEST_BYTES and _unpacks(request.headers.get("accept-encoding", "")):
        response.body = gzip.compress(content, _LEVEL, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def _unpacks(accepted: str) -> bool:
    """Whether `Accept-Encoding` names gzip without forbidding it. Source: RFC 9110, 12.5.3."""
    for each in accepted.lower().split(","):
        coding, _, quality = each.partition(";")
        if coding.strip() == "gzip":
            return not _NEVER.fullmatch(quality)
    return False


@dataclass(frozen=True, slots=True)
class Asset:
    """One file under its name and the digest of its content.

    Attributes:
        path: where it is served, such as `/estilo.css`.
    """

    path: str
    media_type: str
    content: bytes
    digest: str

    @property
    def address(self) -> str:
        """What a page links to."""
        return f"{self.path}?v={self.digest}"

    def route(self) -> Route:
        """The door that serves it; whoever has it asks no more for a year."""
        return Route(self.path, self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        headers = {"Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable", "X-Content-Type-Options": "nosniff"}
        return packed(request, Response(self.content, media_type=self.media_type, headers=headers))


def asset(file: Path, *, path: str, media_type: str) -> Asset:
    """The file as an asset, read now."""
    content = file.read_bytes()
    return Asset(path, media_type, content, hashlib.sha256(content).hexdigest()[:12])
