"""One header of a request, without the whole of them made into a mapping first.

Source: RFC 9110 section 5.
"""

from __future__ import annotations

from starlette.requests import Request


def header(request: Request, name: bytes) -> str | None:
    """The first header of a name, which is written in lower case; None where there is none."""
    for each, value in request.scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None
