"""The port `IdentityProvider` over HTTP: discovery, the code for a token, and the provider's keys."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson

from corridor.domain.errors import CorridorError, SignInError, UnavailableError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.provider import DEVELOPMENT_CLAIM
from corridor.domain.sign_in_attempt import SignInAttempt
from corridor.flows.ports.clock import Clock
from corridor.remote.client_keys import ClientKeys, is_listed
from corridor.remote.transport import Transport

FRESH = timedelta(hours=1)
"""After which what a provider says of itself is asked for again."""
STALE = timedelta(hours=24)
TIMEOUT_SECONDS = 5.0
BYTES = 256 * 1024
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
_OK, _REFUSED = 200, (400, 401, 403)
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Registration:
    """How this node is known to the provider.

    Attributes:
        issuer: exactly as the provider names itself.
        secret: that was agreed with it; empty where PKCE alone ties the code to us.
        return_url: to which it sends browsers back.
        left_url: to which it sends those who left.
        scope: that is asked for.
        levels: of assurance that are asked for.
        origins: further ones at which its addresses may lie.
    """

    issuer: str
    client_id: str
    secret: str
    return_url: str
    left_url: str
    scope: str
    levels: tuple[str, ...]
    origins: tuple[str, ...] = ()


class HttpIdentityProvider:
    """Port `IdentityProvider`; no address outside of the provider's listed origins is ever used.

    Args:
        transport: of this process.
        registration: of this node.
        clock: by which what is remembered ages.
    """

    def __init__(self, transport: Transport, registration: Registration, clock: Clock) -> None:
        self._transport = transport
        self._own = registration
        self._clock = clock
        self._origins = frozenset({_origin(registration.issuer), *(each.rstrip("/") for each in registration.origins)})
        self._keys = ClientKeys(transport, self._origins, clock)
        self._turn = asyncio.Lock()
        self._kept: tuple[Mapping[str, Any], datetime] | None = None

    async def entrance(self, attempt: SignInAttempt) -> str:
        """See the port."""
        asked = {
            "response_type": "code",
            "client_id": self._own.client_id,
            "redirect_uri": self._own.return_url,
            "scope": self._own.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        levels = {"acr_values": " ".join(self._own.levels)} if self._own.levels else {}
        return _with((await self.described())["authorization_endpoint"], asked | levels)

    async def names_itself(self) -> bool:
        """See the port."""
        return (await self.described()).get("authorization_response_iss_parameter_supported") is True

    async def exit(self) -> str:
        """See the port."""
        address = (await self.described()).get("end_session_endpoint")
        asked = {"client_id": self._own.client_id, "post_logout_redirect_uri": self._own.left_url}
        return _with(address, asked) if isinstance(address, str) and is_listed(address, self._origins) else ""

    async def redeem(self, code: str, attempt: SignInAttempt) -> str:
        """See the port."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._own.return_url,
            "code_verifier": attempt.verifier,
        }
        headers = dict(_FORM)
        if self._own.secret:
            pair = f"{quote_plus(self._own.client_id)}:{quote_plus(self._own.secret)}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self._own.client_id
        address = (await self.described())["token_endpoint"]
        answer = await self._send(SignedRequest("POST", address, headers, urlencode(form).encode()))
        if answer.status in _REFUSED:
            raise SignInError(reason="code-refused")
        token = _object(answer).get("id_token")
        if not isinstance(token, str):
            raise UnavailableError("The identity provider did not answer with an ID token.")
        return token

    async def keys(self, kid: str) -> bytes:
        """The provider's key set, fetched anew where it is old or has no key of this id.

        Raises:
            UnavailableError: it cannot be had.
        """
        return await self._keys.fetch((await self.described())["jwks_uri"], kid)

    async def is_for_development(self) -> bool:
        """Whether it says that anybody can sign in there as anybody.

        Raises:
            UnavailableError: it cannot be asked.
        """
        return (await self.described()).get(DEVELOPMENT_CLAIM, False) is not False

    async def described(self) -> Mapping[str, Any]:
        """What the provider says of itself.

        Raises:
            UnavailableError: it does not answer, names another issuer, or addresses that are not its own.

        Source: OpenID Connect Discovery 1.0 section 4.
        """
        async with self._turn:
            now = self._clock.now()
            if self._kept is None or now - self._kept[1] > FRESH:
                self._kept = await self._asked(now)
            return self._kept[0]

    async def _asked(self, now: datetime) -> tuple[Mapping[str, Any], datetime]:
        address = f"{self._own.issuer.rstrip('/')}/.well-known/openid-configuration"
        request = SignedRequest("GET", address, {"accept": "application/json"}, b"")
        try:
            return _checked(_object(await self._send(request)), self._own.issuer, self._origins), now
        except UnavailableError:
            if self._kept is None or now - self._kept[1] > STALE:
                raise
            return self._kept

    async def _send(self, request: SignedRequest) -> SignedResponse:
        try:
            return await self._transport.send(request, timeout_seconds=TIMEOUT_SECONDS, max_body_bytes=BYTES)
        except CorridorError:
            raise UnavailableError("The identity provider does not answer.") from None


def _checked(said: Mapping[str, Any], issuer: str, origins: Collection[str]) -> Mapping[str, Any]:
    """What a provider may say of itself: its own name, its own addresses, and PKCE by S256.

    Raises:
        UnavailableError: anything else.
    """
    own = all(isinstance(said.get(name), str) and is_listed(said[name], origins) for name in _NEEDED)
    methods = said.get("code_challenge_methods_supported", ["S256"])
    if said.get("issuer") != issuer or not own or not isinstance(methods, list) or "S256" not in methods:
        raise UnavailableError("What the identity provider says of itself cannot be accepted.")
    return said


def _object(answer: SignedResponse) -> dict[str, Any]:
    try:
        found = orjson.loads(answer.body) if answer.status == _OK else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnavailableError("The identity provider does not answer as one.")
    return found


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
