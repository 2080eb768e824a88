"""The port `IdentityTokens`: what an identity provider signed, read with joserfc and nothing of its header believed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from corridor.domain.errors import CorridorError, SignInError, TokenError
from corridor.domain.provider import DEVELOPMENT_CLAIM, IdentityToken
from corridor.keys.claims import audiences, instant, text
from corridor.keys.key_sets import read_keys, usable
from corridor.keys.signed_tokens import split, verified

ALGORITHMS = ("ES256", "ES384", "PS256", "RS256", "RS384")
"""Signatures with a public key alone: what a client secret could sign, or nobody, is none."""
TOKEN_BYTES = 32_768
_WORDS = 256
_OWN_KEYS = frozenset({"jwk", "jku", "x5c", "x5u", "crit"})
"""By which a token would choose its own key, or be read in a way that nobody here knows."""

FetchKeys = Callable[[str], Awaitable[bytes]]
"""The provider's key set, which shall hold a key of this id."""


class SignedIdentityTokens:
    """Port `IdentityTokens`.

    Args:
        fetch: the provider's published keys.
        role_claim: names on the way to the claim that holds roles, outermost first.
    """

    def __init__(self, fetch: FetchKeys, *, role_claim: tuple[str, ...]) -> None:
        self._fetch = fetch
        self._role_claim = role_claim

    async def read(self, token: str) -> IdentityToken:
        """See the port."""
        try:
            claims = await self._claims(token)
            return IdentityToken(
                issuer=text(claims, "iss"),
                subject=text(claims, "sub"),
                audiences=audiences(claims),
                authorized=_maybe(claims, "azp"),
                until=instant(claims, "exp"),
                issued_at=instant(claims, "iat"),
                nonce=_maybe(claims, "nonce"),
                level=_maybe(claims, "acr"),
                words=_words(claims, self._role_claim),
                development=claims.get(DEVELOPMENT_CLAIM, False) is not False,
            )
        except TokenError as error:
            raise SignInError(reason=error.reason) from None

    async def _claims(self, token: str) -> Mapping[str, Any]:
        parts = split(token) if len(token) <= TOKEN_BYTES else None
        if parts is None:
            raise TokenError(reason="malformed-token")
        header, algorithm = parts.header, parts.header["alg"]
        if algorithm not in ALGORITHMS:
            raise TokenError(reason="algorithm-refused")
        if header.keys() & _OWN_KEYS:
            raise TokenError(reason="header-refused")
        key = await self._key(text(header, "kid"), algorithm)
        if key is None or not verified(token, key, algorithm):
            raise TokenError(reason="wrong-signature" if key else "unknown-key")
        return parts.claims

    async def _key(self, kid: str, algorithm: str) -> Mapping[str, Any] | None:
        try:
            keys = read_keys(await self._fetch(kid), algorithms=ALGORITHMS)
        except CorridorError:
            raise TokenError(reason="keys-not-readable") from None
        found = [each for each in keys if each.get("kid") == kid and usable(each, algorithm)]
        return found[0] if len(found) == 1 else None


def _maybe(claims: Mapping[str, Any], name: str) -> str:
    return text(claims, name) if name in claims else ""


def _words(claims: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, ...]:
    """What stands at the end of a path of claims: a text or a list of texts; nothing where there is no such claim."""
    found: Any = claims
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    listed = found if isinstance(found, list) else [found]
    return tuple(each for each in listed[:_WORDS] if isinstance(each, str))
