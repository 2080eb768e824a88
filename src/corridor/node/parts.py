"""Sending a file piece by piece, wholly or the part that is asked for.

Source: RFC 9110, section 14.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from corridor.flows.ports.stored_file import StoredFile

NDJSON = "application/fhir+ndjson"

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def in_parts(request: Request, content: StoredFile, *, tag: str, headers: Mapping[str, str]) -> Response:
    """The file, or the one part that a `Range` names; several parts at once are answered with the whole.

    Args:
        request: that is answered.
        content: of the file.
        tag: tells this file from any other that may once have this address.
        headers: of the answer, besides.
    """
    size, known = content.size_bytes, f'"{tag}"'
    told = {**headers, "accept-ranges": "bytes", "etag": known}
    asked = request.headers.get("range", "") if request.headers.get("if-range", known) == known else ""
    span = _span(asked, size)
    if span is None:
        return _sent(request, content, (0, size), headers=told)
    start, end = span
    if start >= end:
        return Response(status_code=416, headers={**told, "content-range": f"bytes */{size}"})
    # A part is one of the file as it lies there: what is told here keeps it from being compressed on its way.
    part = {"content-range": f"bytes {start}-{end - 1}/{size}", "content-encoding": "identity"}
    return _sent(request, content, span, headers={**told, **part})


def _sent(request: Request, content: StoredFile, span: tuple[int, int], *, headers: Mapping[str, str]) -> Response:
    told = {**headers, "content-length": str(span[1] - span[0])}
    status = 206 if "content-range" in headers else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=told, media_type=NDJSON)
    return StreamingResponse(content.parts(*span), status_code=status, headers=told, media_type=NDJSON)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Start and end of the part; None for the whole, and a start at the end or beyond for what is not there."""
    found = _RANGE.fullmatch(asked.strip().lower())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1 if last else size)
