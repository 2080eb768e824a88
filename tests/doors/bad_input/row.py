"""One malformed request and what has to be said to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

FHIR_JSON = "application/fhir+json"
XML = "application/fhir+xml"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
FORM = "application/x-www-form-urlencoded"
NDJSON = "application/fhir+ndjson"


@dataclass(frozen=True, slots=True)
class Row:
    """A request and its refusal; `{patient}` in path and body stands for somebody who is there.

    Attributes:
        code: FHIR issue type that has to be among those named.
        at: FHIRPath expression that has to be named, or None where it does not matter.
        headers: beside those of a JSON request by a signed-in programme; None takes one of these away.
        chunked: the body is sent in pieces without saying how long it is.
    """

    name: str
    method: str
    path: str
    status: int
    code: str
    body: bytes | None = None
    at: str | None = None
    role: str = "programme"
    headers: dict[str, str | None] = field(default_factory=dict)
    chunked: bool = False


def encoded(body: Any) -> bytes | None:
    """Bytes and None as they are, a text in UTF-8, everything else as JSON."""
    if body is None or isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def send(method: str, path: str, said: tuple[int, str], *, name: str, body: Any = None, **more: Any) -> Row:
    """Any request below the base."""
    return Row(name, method, f"/fhir{path}", *said, body=encoded(body), **more)


def get(name: str, path: str, status: int = 400, code: str = "invalid", **more: Any) -> Row:
    """A read or search."""
    return send("GET", path, (status, code), name=name, **more)


def post(name: str, body: Any, status: int = 400, code: str = "structure", **more: Any) -> Row:
    """A create of a Patient, or a POST to `path`."""
    return send("POST", more.pop("path", "/Patient"), (status, code), name=name, body=body, **more)


def patch(
    name: str, body: Any, status: int = 400, code: str = "invalid", *, kind: str = JSON_PATCH, **more: Any
) -> Row:
    """A patch of somebody who is there, or of `path`."""
    headers = {"content-type": kind} | more.pop("headers", {})
    path = more.pop("path", "/Patient/{patient}")
    return send("PATCH", path, (status, code), name=name, body=body, headers=headers, **more)


def form(name: str, body: Any, status: int = 400, code: str = "invalid", **more: Any) -> Row:
    """A search by POST."""
    headers = {"content-type": FORM}
    return send(
        "POST", more.pop("path", "/Patient/_search"), (status, code), name=name, body=body, headers=headers, **more
    )
