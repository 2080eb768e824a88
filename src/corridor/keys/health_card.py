"""SMART Health Cards, read only: whoever scans one reads it, so that none is ever written here.

Source: SMART Health Cards Framework (HL7 SMART Health Cards and Links 1.0.0).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from corridor.domain.errors import CorridorError, InvalidError, SignatureError
from corridor.domain.link_trust import Scanned, Trust
from corridor.keys.hcert import Keys
from corridor.keys.jwe import b64decoded, inflated
from corridor.keys.trust_list import TrustedKey

LONGEST_CODE = 64 * 1024
_NUMERIC = re.compile(r"shc:/(?:(\d{1,2})/(\d{1,2})/)?((?:\d\d)+)")
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_OFFSET, _HALF = 45, 32
_DAMAGED = "This health card is damaged."


def numeric_to_jws(codes: Sequence[str]) -> str:
    """The JWS of one QR, or of several that belong together, in any order.

    Raises:
        InvalidError: not a health card, or a part is missing.
    """
    found = [_NUMERIC.fullmatch(code.strip()) for code in codes]
    parts = {int(each[1] or 1): each[3] for each in found if each}
    wanted = {int(each[2] or 1) for each in found if each}
    if len(parts) != len(codes) or len(wanted) != 1 or sorted(parts) != [*range(1, min(wanted) + 1)]:
        raise InvalidError("A part of this health card is missing.")
    digits = "".join(parts[place] for place in sorted(parts))
    numbers = [int(digits[place : place + 2]) + _OFFSET for place in range(0, len(digits), 2)]
    return "".join(map(chr, numbers))


def read_card(text: str, *, keys: Keys, now: datetime) -> Scanned:
    """The content of a card, given as one or several `shc:/…` lines or as its JWS.

    Raises:
        InvalidError: not a health card.
        SignatureError: signed by a key that is known here, and not rightly.
    """
    lines = text.split()
    if not lines or len(text) > LONGEST_CODE:
        raise InvalidError("This is not a health card.")
    jws = numeric_to_jws(lines) if lines[0].startswith("shc:/") else lines[0]
    if not _JWS.fullmatch(jws):
        raise InvalidError("This is not a health card.")
    header, payload = _opened(jws)
    signed_at = _instant(payload.get("nbf"))
    known = keys(str(header.get("kid", "")).encode())
    subject = (payload.get("vc") or {}).get("credentialSubject") if isinstance(payload.get("vc"), dict) else None
    bundle = subject.get("fhirBundle") if isinstance(subject, dict) else None
    if not isinstance(bundle, dict):
        raise InvalidError("This health card holds no record.")
    return Scanned(
        payload=None,
        trust=_trust(jws, known, at=signed_at or now),
        card=orjson.dumps(bundle),
        issuer=str(payload.get("iss", ""))[:200],
        signed_at=signed_at,
        until=_instant(payload.get("exp")),
    )


def _opened(jws: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _ = jws.split(".")
    try:
        header = orjson.loads(b64decoded(head))
        packed = b64decoded(body)
        deflated = isinstance(header, dict) and header.get("zip") == "DEF"
        payload = orjson.loads(inflated(packed) if deflated else packed)
    except (orjson.JSONDecodeError, CorridorError):
        raise InvalidError(_DAMAGED) from None
    if not isinstance(header, dict) or not isinstance(payload, dict) or header.get("alg") != "ES256":
        raise InvalidError(_DAMAGED)
    return header, payload


def _trust(jws: str, known: Sequence[TrustedKey], *, at: datetime) -> Trust:
    if not known:
        return Trust.UNKNOWN_SIGNER
    right = [each for each in known if _verifies(each, jws)]
    if not right:
        raise SignatureError("The card is signed wrongly: it was altered, or is a forgery.", reason="card-wrong")
    return Trust.TRUSTED if any(each.valid_at(at) for each in right) else Trust.CERTIFICATE_OVER


def _verifies(trusted: TrustedKey, jws: str) -> bool:
    signed, _, encoded = jws.rpartition(".")
    try:
        signature = b64decoded(encoded)
    except CorridorError:
        return False
    if not isinstance(trusted.key, ec.EllipticCurvePublicKey) or len(signature) != 2 * _HALF:
        return False
    halves = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
    try:
        trusted.key.verify(encode_dss_signature(*halves), signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _instant(written: Any) -> datetime | None:
    if not isinstance(written, int | float) or isinstance(written, bool):
        return None
    try:
        return datetime.fromtimestamp(written, UTC)
    except (ValueError, OverflowError, OSError):
        return None
