"""The front page of a node whose base speaks what every node's does."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.routing import Route

from corridor.fhir.capability import Server, national_capability
from corridor.web.conformance import routes as conformance
from corridor.web.site import Site

BASE = "https://pe.example/fhir"
STATEMENT = national_capability(Server(BASE, "0.1.0", datetime(2026, 1, 1, tzinfo=UTC), "Nodo Perú"))
LINKS = (("/fhir/metadata", "CapabilityStatement"), ("/openapi.json", "OpenAPI"))


def front(site: Site) -> list[Route]:
    """`GET /` of that node."""
    return conformance.routes(site, statement=STATEMENT, token_url="https://pe.example/auth/token", links=LINKS)
