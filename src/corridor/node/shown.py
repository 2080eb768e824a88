"""What a request shows beside a token: the proof that its sender holds a key."""

from __future__ import annotations

from starlette.requests import Request

from corridor.flows.read_possession import Shown


def shown_with(request: Request, base_url: str, *, token_digest: str = "") -> Shown:
    """The proof of possession that came with a request, and what it has to be a proof of.

    Args:
        request: with at most one header `DPoP`.
        base_url: of the national base, below which the world reaches this node.
        token_digest: of the access token that came along.

    Source: RFC 9449 section 4.2.
    """
    path = request.scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
    address = base_url.removesuffix("/fhir") + path
    return Shown(request.method, address, ",".join(request.headers.getlist("dpop")), token_digest)
