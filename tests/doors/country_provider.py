"""A country's identity provider, written only from the standards; a test can make it lie in any way."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.doors.systems import sign

CLIENT = "corridor-pe"


@dataclass
class Asked:
    """One sign-in that waits to be redeemed."""

    query: Mapping[str, str]
    claims: dict[str, Any]


@dataclass
class CountryProvider:
    """Who signs in is told to it; what it answers can be changed.

    Attributes:
        lies: replace claims of its ID tokens; None leaves one out.
        header: replace fields of their headers.
        says: replace what it says of itself.
        checks_verifier: whether it keeps PKCE's promise.
    """

    issuer: str
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256", "use": "sig"}))
    lies: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)
    checks_verifier: bool = True
    token: str = ""
    codes: dict[str, Asked] = field(default_factory=dict)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    published: list[Any] = field(default_factory=list)

    def code(self, query: Mapping[str, str], *, subject: str = "u-1", roles: Any = ("hiv-doctor",)) -> str:
        """A code for somebody who signed in after being sent here with these parameters."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": subject, "aud": CLIENT, "exp": now + 300, "iat": now}
        claims |= {"nonce": query["nonce"], "realm_access": {"roles": list(roles)}}
        code = secrets.token_urlsafe(16)
        self.codes[code] = Asked(query, claims)
        return code

    def routes(self) -> list[Route]:
        """Everything that a node asks it for."""
        return [
            Route("/realm/.well-known/openid-configuration", self._described),
            Route("/keys", self._keys),
            Route("/token", self._token, methods=["POST"]),
        ]

    async def _described(self, _request: Request) -> Response:
        origin = self.issuer.removesuffix("/realm")
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{origin}/authorize",
            "token_endpoint": f"{origin}/token",
            "jwks_uri": f"{origin}/keys",
            "end_session_endpoint": f"{origin}/logout",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(said | self.says)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [each.as_dict(private=False) for each in (self.published or [self.key])]})

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self.redeemed.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        proven = asked is not None and asked.query["code_challenge"] == challenge
        if asked is None or (self.checks_verifier and not proven):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {name: value for name, value in (asked.claims | self.lies).items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid, "typ": "JWT"} | self.header
        token = self.token or sign(header, claims, self.key)
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": token})


@contextmanager
def running_provider() -> Iterator[CountryProvider]:
    """A provider at a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    provider = CountryProvider(f"http://127.0.0.1:{listener.getsockname()[1]}/realm")
    config = uvicorn.Config(Starlette(routes=provider.routes()), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def parameters(address: str) -> dict[str, str]:
    """Of an address, each once."""
    return dict(parse_qsl(urlsplit(address).query))


def returning(query: Mapping[str, str], code: str, issuer: str) -> str:
    """Path and query with which a provider sends a browser back."""
    return "/ingreso/vuelta?" + urlencode({"code": code, "state": query["state"], "iss": issuer})
