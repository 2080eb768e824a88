"""A hospital's record system, written only from the standards: it signs, asks for a token and uses it."""

from __future__ import annotations

import asyncio
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey, thumbprint

from corridor.domain.client import Client
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.domain.scope import scopes
from corridor.storage.database import Database
from corridor.storage.node.clients import SqlClients
from tests.doors.running import PUBLIC, Node, Reply

ENDPOINT = f"{PUBLIC}/auth/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SCOPE = "system/Patient.cruds system/Observation.rs"


@dataclass
class System:
    """A system with a key of its own."""

    node: Node
    id: str
    key: Any
    alg: str = "ES384"
    proof_key: Any = field(default_factory=lambda: ECKey.generate_key("P-256"))
    given: str = ""

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What an assertion says; a keyword of None leaves a claim out."""
        now = int(time.time())
        said = {"iss": self.id, "sub": self.id, "aud": ENDPOINT, "exp": now + 240, "jti": secrets.token_hex(16)}
        return {name: value for name, value in {**said, **changed}.items() if value is not None}

    def header(self, **changed: Any) -> dict[str, Any]:
        """Its header; a keyword of None leaves a field out."""
        named = {"alg": self.alg, "kid": self.key.kid, "typ": "JWT", **changed}
        return {name: value for name, value in named.items() if value is not None}

    def assertion(self, **changed: Any) -> str:
        """A signed assertion; keywords change its claims."""
        return sign(self.header(), self.claims(**changed), self.key)

    def ask(self, assertion: str, *, scope: str = SCOPE, proof: str = "", **more: str) -> Reply:
        """What the token endpoint answers."""
        form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION_TYPE}
        form |= {"client_assertion": assertion, **more}
        headers = FORM | ({"dpop": proof} if proof else {})
        return self.node.send("POST", "/auth/token", urlencode(form).encode(), headers)

    def token(self, *, scope: str = SCOPE, proof: str = "", purpose: Any = None) -> str:
        """An access token."""
        answer = self.ask(self.assertion(**asking_for(purpose)), scope=scope, proof=proof)
        assert answer.status == 200, answer
        return str(answer.json["access_token"])

    def proof(self, method: str, address: str, *, token: str = "", **changed: Any) -> str:
        """A proof of possession for one request; keywords change its claims, None leaves one out."""
        said: dict[str, Any] = {"htm": method, "htu": address, "iat": int(time.time()), "jti": secrets.token_hex(16)}
        if "nonce" not in changed:
            said["nonce"] = self.nonce()
        if token:
            said["ath"] = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.proof_key.as_dict(private=False)}
        claims = {name: value for name, value in {**said, **changed}.items() if value is not None}
        return sign(header, claims, self.proof_key)

    def nonce(self) -> str:
        """A number for proofs, as the token endpoint gives it to a proof that has none."""
        if not self.given:
            self.given = self.ask("x", proof=self.proof("POST", ENDPOINT, nonce=None)).headers["dpop-nonce"]
        return self.given

    @property
    def proof_thumbprint(self) -> str:
        """Of the key of its proofs."""
        return thumbprint(self.proof_key.as_dict(private=False))


def sign(header: dict[str, Any], claims: Any, key: Any) -> str:
    """A compact signed token, whatever stands in it."""
    payload = claims if isinstance(claims, bytes) else orjson.dumps(claims)
    registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    return jws.serialize_compact(header, payload, key, registry=registry)


def asking_for(purpose: Any) -> dict[str, Any]:
    """The claim of a purpose, or nothing."""
    return {"extensions": {"hl7-b2b": {"version": "1", "purpose_of_use": purpose}}} if purpose is not None else {}


def bearer(node: Node, token: str, method: str, path: str, content: Any = None, **more: str) -> Reply:
    """A request with a token."""
    headers = {"authorization": f"Bearer {token}"} | more
    if content is not None:
        headers["content-type"] = "application/fhir+json"
    return node.send(method, path, None if content is None else orjson.dumps(content), headers)


def register(
    node: Node,
    *,
    key: Any = None,
    keys: str = "",
    role: Role = Role.PROGRAMME,
    scope: str = SCOPE,
    purposes: tuple[Purpose, ...] = (Purpose.TREAT,),
    bound: bool = False,
) -> System:
    """A system that is registered at a node from now on."""
    key = key or ECKey.generate_key("P-384", {"kid": secrets.token_hex(8), "alg": "ES384"})
    public = orjson.dumps({"keys": [key.as_dict(private=False)]}).decode()
    name = f"https://ehr.example/{secrets.token_hex(6)}"
    client = Client(
        name, "Historia clínica", role, secrets.token_hex(16), scopes(scope), frozenset(purposes), keys or public, bound
    )
    registered(node, lambda clients: clients.add(client, at=datetime.now(UTC)))
    return System(node, name, key, "RS384" if isinstance(key, RSAKey) else "ES384")


def registered(node: Node, act: Any) -> Any:
    """Something done with the registrations of a node."""

    async def done() -> Any:
        database = Database(node.settings.database)
        try:
            return await act(SqlClients(database))
        finally:
            await database.close()

    return asyncio.run(done())
