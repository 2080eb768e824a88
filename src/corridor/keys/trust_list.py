"""Keys of those who sign health links and cards, from trust lists in the two forms that are in use.

Source: WHO SMART Trust (GDHCN) DID documents; RFC 7517; SMART Health Cards.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from corridor.domain.errors import InvalidError
from corridor.keys.issuer import kid_of

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_MOST_KEYS = 5_000


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key that a list vouches for.

    Attributes:
        kids: every way in which a signature may name it.
        certificate: None where the list has the bare key; then nobody says when it ends.
        name: of whom, as the list has it.
    """

    kids: frozenset[bytes]
    key: PublicKey
    certificate: x509.Certificate | None
    name: str

    def valid_at(self, at: datetime) -> bool:
        """Whether the certificate was valid when something was signed: standing in a list is not enough."""
        if self.certificate is None:
            return True
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


def read_trust_file(path: Path) -> tuple[TrustedKey, ...]:
    """The keys of a trust list that an operator keeps in a file.

    Raises:
        InvalidError: it cannot be read, or is neither a DID document nor a JWK set.
    """
    try:
        return read_trust_list(path.read_bytes())
    except OSError:
        raise InvalidError(f"The trust list {path} cannot be read.") from None


def read_trust_list(raw: bytes) -> tuple[TrustedKey, ...]:
    """The keys of a DID document or a JWK set; rows that cannot be read are passed over.

    Raises:
        InvalidError: it is neither.
    """
    try:
        read = orjson.loads(raw)
    except orjson.JSONDecodeError:
        read = None
    if not isinstance(read, dict):
        raise InvalidError("A trust list is a DID document or a JWK set.")
    rows = [*_rows(read)][:_MOST_KEYS]
    return tuple(key for each, name in rows if (key := _key(each, name)))


def _rows(read: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for each in _dicts(read.get("verificationMethod")):
        if isinstance(each.get("publicKeyJwk"), dict):
            yield each["publicKeyJwk"], str(each.get("controller") or read.get("id") or "")
    for each in _dicts(read.get("keys")):
        yield each, str(each.get("iss") or read.get("iss") or "")


def _dicts(found: object) -> Iterable[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _key(jwk: dict[str, Any], name: str) -> TrustedKey | None:
    try:
        certificate = _certificate(jwk)
        key = _public(jwk) if "kty" in jwk else None
        if key is None and certificate is not None:
            key = _known(certificate.public_key())
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    return TrustedKey(frozenset(_kids(jwk, certificate)), key, certificate, name) if key is not None else None


def _known(key: object) -> PublicKey | None:
    return key if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) else None


def _certificate(jwk: dict[str, Any]) -> x509.Certificate | None:
    chain = jwk.get("x5c")
    return x509.load_der_x509_certificate(base64.b64decode(chain[0])) if chain else None


def _public(jwk: dict[str, Any]) -> PublicKey | None:
    if jwk["kty"] == "EC" and jwk.get("crv") == "P-256":
        return ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), ec.SECP256R1()).public_key()
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
    return None


def _number(encoded: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), "big")


def _kids(jwk: dict[str, Any], certificate: x509.Certificate | None) -> Iterator[bytes]:
    written = jwk.get("kid")
    if isinstance(written, str):
        yield written.encode()
        try:
            yield base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_" if "_" in written else None)
        except (binascii.Error, ValueError):
            return
    if certificate is not None:
        yield kid_of(certificate)
    if jwk.get("kty") == "EC":
        yield thumbprint(jwk).encode()


def thumbprint(jwk: dict[str, Any]) -> str:
    """By which health cards name an elliptic key.

    Source: RFC 7638.
    """
    named = {name: jwk.get(name) for name in ("crv", "kty", "x", "y")}
    return base64.urlsafe_b64encode(hashlib.sha256(orjson.dumps(named)).digest()).rstrip(b"=").decode()
