"""Health certificates in a QR: the `HC1:` text that carries a signed health link.

Source: HCERT 1.1.1 (https://github.com/ehn-dcc-development/hcert-spec); RFC 9052; RFC 8392; IHE VHL ITI-YY3.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import base45
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, SignatureError
from corridor.domain.link import LinkKind
from corridor.domain.link_text import LinkPayload, payload_of, read_link
from corridor.domain.link_trust import Scanned, Trust
from corridor.keys.issuer import Issuer
from corridor.keys.trust_list import TrustedKey

PREFIX = "HC1:"
LONGEST_CODE = 8 * 1024
_INFLATED_BYTES_MAX = 64 * 1024
_SIGN1 = 18
_ALGORITHM, _KEY_ID = 1, 4
_ES256, _PS256 = -7, -37
_ISSUER, _EXPIRES, _ISSUED, _HCERT, _LINK = 1, 4, 6, -260, 5
_HALF = 32
_PARTS = 4
_MILLISECONDS = 10**11

Keys = Callable[[bytes], Sequence[TrustedKey]]
"""Trusted keys by key id."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a health certificate holds, its signature looked at.

    Attributes:
        claims: the CWT claims by number.
        content: what stands under `hcert`, by number.
    """

    claims: dict[Any, Any]
    content: dict[Any, Any]
    trust: Trust
    signed_at: datetime | None
    until: datetime | None


def write_hcert(link: str, *, issuer: Issuer, country: Country, at: datetime, until: datetime) -> str:
    """The text of a QR that carries a health link, signed by this node.

    Source: IHE VHL ITI-YY3; WHO SMART Trust.
    """
    claims = {
        _ISSUER: str(country),
        _EXPIRES: int(until.timestamp()),
        _ISSUED: int(at.timestamp()),
        _HCERT: {_LINK: [{"u": link}]},
    }
    protected, payload = cbor2.dumps({_ALGORITHM: _ES256, _KEY_ID: issuer.kid}), cbor2.dumps(claims)
    r, s = decode_dss_signature(issuer.key.sign(_signed(protected, payload), ec.ECDSA(SHA256())))
    signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    whole = cbor2.dumps(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))
    encoded: bytes = base45.b45encode(zlib.compress(whole, 9))
    return PREFIX + encoded.decode()


def read_hcert(text: str, *, keys: Keys, now: datetime) -> Scanned:
    """The health link of a certificate.

    Raises:
        InvalidError: not a health certificate, or one of something else than a link.
        SignatureError: signed by a key that is known here, and not rightly.
    """
    opened = open_hcert(text, keys=keys, now=now)
    return Scanned(
        payload=_link(opened.content.get(_LINK)),
        trust=opened.trust,
        issuer=str(opened.claims.get(_ISSUER, ""))[:80],
        signed_at=opened.signed_at,
        until=opened.until,
    )


def open_hcert(text: str, *, keys: Keys, now: datetime) -> Certificate:
    """A certificate whatever it is about; errors as for `read_hcert`."""
    protected, unprotected, payload, signature = _sign1(text)
    header = _map(_decoded(protected) if protected else {})
    claims = _map(_decoded(payload))
    signed_at = _instant(claims.get(_ISSUED))
    kid = header.get(_KEY_ID, unprotected.get(_KEY_ID))
    known = keys(kid) if isinstance(kid, bytes) else ()
    algorithm = header.get(_ALGORITHM, unprotected.get(_ALGORITHM))
    trust = _trust(known, (algorithm, _signed(protected, payload), signature), at=signed_at or now)
    return Certificate(claims, _map(claims.get(_HCERT, {})), trust, signed_at, _instant(claims.get(_EXPIRES)))


def _trust(known: Sequence[TrustedKey], signed: tuple[Any, bytes, bytes], *, at: datetime) -> Trust:
    if not known:
        return Trust.UNKNOWN_SIGNER
    right = [each for each in known if _verifies(each, signed)]
    if not right:
        raise SignatureError("The code is signed wrongly: it was altered, or is a forgery.", reason="hcert-wrong")
    return Trust.TRUSTED if any(each.valid_at(at) for each in right) else Trust.CERTIFICATE_OVER


def _verifies(trusted: TrustedKey, what: tuple[Any, bytes, bytes]) -> bool:
    key, (algorithm, signed, signature) = trusted.key, what
    try:
        if algorithm == _ES256 and isinstance(key, ec.EllipticCurvePublicKey) and len(signature) == 2 * _HALF:
            halves = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
            key.verify(encode_dss_signature(*halves), signed, ec.ECDSA(SHA256()))
            return True
        if algorithm == _PS256 and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size), SHA256())
            return True
    except InvalidSignature:
        return False
    return False


def _sign1(text: str) -> tuple[bytes, dict[Any, Any], bytes, bytes]:
    """Protected header, unprotected header, payload and signature."""
    code = text.strip()
    if not code.startswith(PREFIX) or len(code) > LONGEST_CODE:
        raise InvalidError("This is not a health certificate.")
    try:
        whole = _decoded(_inflated(base45.b45decode(code.removeprefix(PREFIX))))
    except (ValueError, zlib.error):
        raise InvalidError("This health certificate is damaged.") from None
    parts = whole.value if isinstance(whole, cbor2.CBORTag) and whole.tag == _SIGN1 else whole
    if not isinstance(parts, list | tuple) or len(parts) != _PARTS:
        raise InvalidError("This health certificate is not signed as such are.")
    protected, unprotected, payload, signature = parts
    if not all(isinstance(each, bytes) for each in (protected, payload, signature)):
        raise InvalidError("This health certificate is not signed as such are.")
    return protected, _map(unprotected), payload, signature


def _inflated(packed: bytes) -> bytes:
    if packed[:1] != b"\x78":  # some issuers leave compression out
        return packed
    engine = zlib.decompressobj()
    plain = engine.decompress(packed, _INFLATED_BYTES_MAX)
    if engine.unconsumed_tail or not engine.eof:
        raise InvalidError("This health certificate is damaged.")
    return plain


def _decoded(raw: bytes) -> Any:
    try:
        return cbor2.loads(raw)
    except (cbor2.CBORDecodeError, ValueError, RecursionError, TypeError, OverflowError, MemoryError):
        raise InvalidError("This health certificate is damaged.") from None


def _map(found: Any) -> dict[Any, Any]:
    if not isinstance(found, Mapping):
        raise InvalidError("This health certificate is damaged.")
    return dict(found)


def _signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _instant(written: Any) -> datetime | None:
    if not isinstance(written, int | float) or isinstance(written, bool):
        return None
    try:
        return datetime.fromtimestamp(written / 1000 if written >= _MILLISECONDS else written, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _link(found: Any) -> LinkPayload:
    """A link as text, as `{"u": text}`, as its own members, or any of these in a list."""
    one = found[0] if isinstance(found, list | tuple) and found else found
    if isinstance(one, Mapping):
        one = one.get("u", one)
    if isinstance(one, str):
        return read_link(one)
    if not isinstance(one, Mapping):
        raise InvalidError("This certificate holds no health link.")
    return payload_of(dict(one), LinkKind.VHL)
