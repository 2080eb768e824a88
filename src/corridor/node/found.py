"""An answer of the national base that went well, as nearly all do.

Source: https://hl7.org/fhir/R4/http.html#mime-type
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

FHIR_JSON = "application/fhir+json; charset=utf-8"
_KIND = (b"content-type", FHIR_JSON.encode())


class Found(Response):
    """A resource or a Bundle; its headers are those that the framework would give it, made sooner."""

    def __init__(self, body: bytes, headers: Mapping[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"cache-control", b"no-store"),
            *[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            (b"content-length", b"%d" % len(body)),
            _KIND,
        ]
