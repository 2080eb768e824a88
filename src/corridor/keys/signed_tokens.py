"""Compact signed tokens (JWS), taken apart and verified with one key and one algorithm that the caller chose."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from corridor.keys.key_sets import imported

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """A token that is well formed; nothing of it is verified.

    Attributes:
        header: with an `alg` that is a text.
        claims: its content.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def split(token: str) -> Parts | None:
    """A token's parts, or None where it is none: two JSON objects and a signature, in base64url.

    Source: RFC 7515 section 7.1.
    """
    if not _COMPACT.fullmatch(token):
        return None
    header, claims = (_object(each) for each in token.split(".")[:2])
    if header is None or claims is None or not isinstance(header.get("alg"), str):
        return None
    return Parts(header, claims)


def _object(encoded: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def verified(token: str, key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether the key signed the token with this very algorithm."""
    from joserfc import jws  # noqa: PLC0415  # heavy, and most nodes start long before a system asks
    from joserfc.errors import JoseError  # noqa: PLC0415  # as heavy as the other

    try:
        jws.deserialize_compact(token, imported(key), algorithms=[algorithm])
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True
