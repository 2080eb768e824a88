"""The port `Proofs`: signed tokens of systems, read with joserfc and nothing of theirs believed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from corridor.domain.assertion import Assertion, Possession
from corridor.domain.client import Client
from corridor.domain.errors import CorridorError, TokenError
from corridor.keys.claims import audiences, instant, maybe_instant, person, purposes, text
from corridor.keys.key_sets import KEY_SET_BYTES, read_keys, usable
from corridor.keys.signed_tokens import Parts, split, verified

TOKEN_BYTES = 8192
"""Of a signed token; a client assertion has some 700."""
_ASSERTIONS = frozenset({"ES384", "RS384"})
"""Source: https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html."""
_POSSESSIONS = frozenset({"ES256", "ES384"})
_ASSERTION_HEADER = frozenset({"alg", "typ", "kid", "jku"})
_POSSESSION_HEADER = frozenset({"alg", "typ", "jwk"})
_ID = re.compile(r"[A-Za-z0-9._~:/-]{1,256}")

FetchKeys = Callable[[str, str], Awaitable[bytes]]
"""The key set at an address that shall hold a key of this id."""


class SignedProofs:
    """Port `Proofs`.

    Args:
        fetch: key sets of systems that publish theirs.
    """

    def __init__(self, fetch: FetchKeys) -> None:
        self._fetch = fetch

    def named(self, assertion: str) -> str:
        """See the port."""
        issuer = text(_parts(assertion, "assertion").claims, "iss")
        if not _ID.fullmatch(issuer):
            raise TokenError(reason="malformed-assertion")
        return issuer

    async def assertion(self, assertion: str, client: Client) -> Assertion:
        """See the port."""
        parts = _parts(assertion, "assertion")
        _check_header(parts.header, client)
        key = await self._key(parts.header, client)
        if key is None or not verified(assertion, key, parts.header["alg"]):
            raise TokenError(reason="wrong-signature" if key else "unknown-key")
        claims = parts.claims
        return Assertion(
            issuer=text(claims, "iss"),
            subject=text(claims, "sub"),
            audiences=audiences(claims),
            id=text(claims, "jti"),
            until=instant(claims, "exp"),
            issued_at=maybe_instant(claims, "iat"),
            not_before=maybe_instant(claims, "nbf"),
            purposes=purposes(claims),
            person=person(claims),
        )

    def possession(self, proof: str) -> Possession:
        """See the port."""
        try:
            return _possession(proof)
        except TokenError as error:
            text = "The proof of possession is not valid."
            raise TokenError(text, code="invalid_dpop_proof", reason=error.reason) from None

    async def _key(self, header: Mapping[str, Any], client: Client) -> Mapping[str, Any] | None:
        """The registered key of this id and algorithm; the token's own words about keys do not count."""
        try:
            raw = await self._fetch(client.keys_url, header["kid"]) if client.keys_url else client.keys.encode()
            keys = read_keys(raw[: KEY_SET_BYTES + 1])
        except CorridorError:
            raise TokenError(reason="keys-not-readable") from None
        found = [each for each in keys if each.get("kid") == header["kid"] and usable(each, header["alg"])]
        return found[0] if len(found) == 1 else None


def _possession(proof: str) -> Possession:
    parts = _parts(proof, "proof")
    header, claims = parts.header, parts.claims
    key = header.get("jwk")
    known = header.keys() <= _POSSESSION_HEADER and header.get("typ") == "dpop+jwt"
    if not known or header["alg"] not in _POSSESSIONS or not isinstance(key, dict) or not usable(key, header["alg"]):
        raise TokenError(reason="malformed-proof")
    if not verified(proof, key, header["alg"]):
        raise TokenError(reason="wrong-proof-signature")
    return Possession(
        thumbprint=_thumbprint(key),
        method=text(claims, "htm"),
        address=text(claims, "htu"),
        token_digest=text(claims, "ath") if "ath" in claims else "",
        id=text(claims, "jti"),
        issued_at=instant(claims, "iat"),
        nonce=text(claims, "nonce") if "nonce" in claims else "",
    )


def _thumbprint(key: Mapping[str, Any]) -> str:
    from joserfc.jwk import thumbprint  # noqa: PLC0415  # heavy, and most nodes are never asked with a proof

    return thumbprint({name: key[name] for name in ("crv", "kty", "x", "y")})


def _parts(token: str, what: str) -> Parts:
    parts = split(token) if len(token) <= TOKEN_BYTES else None
    if parts is None:
        raise TokenError(reason=f"malformed-{what}")
    return parts


def _check_header(header: Mapping[str, Any], client: Client) -> None:
    """Refuse every header that names a key by more than the id of a registered one.

    Raises:
        TokenError: another algorithm, no key id, a key or certificate of its own, or a set that is not registered.
    """
    kid, jku = header.get("kid"), header.get("jku")
    if header["alg"] not in _ASSERTIONS:
        raise TokenError(reason="algorithm-refused")
    if not isinstance(kid, str) or not _ID.fullmatch(kid) or str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenError(reason="malformed-assertion")
    if not header.keys() <= _ASSERTION_HEADER or (jku is not None and (not jku or jku != client.keys_url)):
        raise TokenError(reason="header-refused")


def registered_keys(raw: bytes) -> str:
    """A key set as it is kept with a system's registration: public parts alone.

    Raises:
        InvalidError: not a key set, none of its keys can be used, or a private or secret key is in it.
    """
    return orjson.dumps({"keys": [dict(each) for each in read_keys(raw, strict=True)]}).decode()
