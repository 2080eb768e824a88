"""Sets of public keys (JWK Set) of systems and of identity providers."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from corridor.domain.errors import InvalidError

KEY_SET_BYTES = 65_536
KEYS = 16
"""Of one system at most."""
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KINDS = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    **dict.fromkeys(("RS256", "RS384", "PS256"), ("RSA", None)),
}
_MEMBERS = {"EC": ("crv", "x", "y"), "RSA": ("n", "e")}
_RSA_BYTES = range(256, 1025)
"""Size of a modulus: 2048 to 8192 bits."""
_KID = 256
_OF_SYSTEMS = ("ES384", "RS384")


def read_keys(
    raw: bytes, *, strict: bool = False, algorithms: Collection[str] = _OF_SYSTEMS
) -> Sequence[Mapping[str, Any]]:
    """The keys of a set; those that nothing here can be verified with are left out.

    Args:
        raw: a JSON Web Key Set.
        strict: refuse a set that holds anything but keys with distinct ids that can be used.
        algorithms: for one of which a key has to be.

    Raises:
        InvalidError: not a key set, or too large; with `strict`, as above.

    Source: RFC 7517 section 5.
    """
    try:
        found = orjson.loads(raw) if len(raw) <= KEY_SET_BYTES else None
    except ValueError:
        found = None
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= KEYS:
        raise InvalidError(f"Public keys come as a JSON Web Key Set of 1 to {KEYS} keys.")
    keys = [each for each in listed if isinstance(each, dict) and _serves(each, algorithms)]
    if strict and (len(keys) != len(listed) or len({each["kid"] for each in keys}) != len(keys)):
        raise InvalidError(
            "Each key needs an id (`kid`) of its own, and is a public key for ES384 (P-384) or RS384 (2048 bits)."
        )
    return keys


def _serves(key: Mapping[str, Any], algorithms: Collection[str]) -> bool:
    kid = key.get("kid")
    named = isinstance(kid, str) and 0 < len(kid) <= _KID
    return named and any(usable(key, algorithm) for algorithm in algorithms)


def usable(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a public key, and nothing secret, can verify signatures of an algorithm."""
    kind, curve = _KINDS[algorithm]
    says = key.get("alg", algorithm) == algorithm and key.get("use", "sig") == "sig"
    fits = key.get("kty") == kind and (curve is None or key.get("crv") == curve)
    if not fits or not says or _SECRET & key.keys() or "verify" not in _operations(key):
        return False
    whole = all(isinstance(key.get(name), str) for name in _MEMBERS[kind])
    return whole and (kind != "RSA" or _length(key["n"]) in _RSA_BYTES) and _opens(key)


def _operations(key: Mapping[str, Any]) -> Sequence[Any]:
    operations = key.get("key_ops", ["verify"])
    return operations if isinstance(operations, list) else ()


def _length(number: str) -> int:
    try:
        return len(urlsafe_b64decode(number + "=" * (-len(number) % 4)).lstrip(b"\x00"))
    except ValueError:
        return 0


def _opens(key: Mapping[str, Any]) -> bool:
    """Whether the numbers are a key: a point on the curve, a modulus and an exponent."""
    try:
        return bool(imported(key).public_key)
    except InvalidError:
        return False


def imported(key: Mapping[str, Any]) -> Any:
    """The key as joserfc holds it.

    Raises:
        InvalidError: its numbers are no key.
    """
    from joserfc.errors import JoseError  # noqa: PLC0415  # heavy, and most nodes start long before a system asks
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415  # as heavy as the other

    kind: Any = ECKey if key["kty"] == "EC" else RSAKey
    try:
        return kind.import_key({name: key[name] for name in ("kty", *_MEMBERS[key["kty"]])})
    except (JoseError, ValueError, TypeError, KeyError):
        raise InvalidError("A public key cannot be read.") from None
