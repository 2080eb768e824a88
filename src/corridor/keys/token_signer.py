"""Signs ID tokens for a development identity provider, with a key that lives as long as its process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import orjson

ALGORITHM = "ES256"


class TokenSigner:
    """A key pair that nobody keeps: what it signed counts for nothing once the process has ended."""

    def __init__(self) -> None:
        from joserfc.jwk import ECKey  # noqa: PLC0415  # heavy, and a node never signs ID tokens

        self._key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "alg": ALGORITHM, "use": "sig"})

    def signed(self, claims: Mapping[str, Any]) -> str:
        """A compact signed token with these claims.

        Source: RFC 7515 section 7.1.
        """
        from joserfc import jws  # noqa: PLC0415  # as heavy as the other

        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "JWT"}
        return jws.serialize_compact(header, orjson.dumps(claims), self._key, algorithms=[ALGORITHM])

    def key_set(self) -> dict[str, Any]:
        """The public key, as a JSON Web Key Set."""
        return {"keys": [self._key.as_dict(private=False)]}
