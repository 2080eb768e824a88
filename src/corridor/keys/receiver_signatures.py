"""Message signatures as receivers of verifiable health links make them: by members of the federation, and by others.

Corridor's own messages have a stricter form (see `signatures`); this is the one that IHE writes down.

Source: IHE VHL ITI-YY5; RFC 9421; RFC 9530.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from corridor.domain.errors import SignatureError
from corridor.domain.message import SignedRequest, Verified
from corridor.keys.signature_base import signature_base, write_input

WINDOW = timedelta(minutes=2)
"""How far `created` may lie from now, either way."""

Key = Ed25519PublicKey | ec.EllipticCurvePublicKey

_COVERED = ('"@method"', '"@path"', '"@authority"', '"content-type"', '"content-digest"')
_WHOLE = '"@target-uri"'
_INPUT = re.compile(
    r"([a-z*][a-z0-9_.*-]{0,63})=(\(((?:\"[a-z@-]+\" ?)+)\)((?:;[a-z]{1,16}=(?:\"[ !#-\[\]-~]{0,512}\"|\d{1,15}))*))"
)
_PARAMETER = re.compile(r";([a-z]+)=(?:\"([^\"]*)\"|(\d+))")
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/]{40,200}={0,2}):")
_LONGEST = 2048
_HALF = 32


def sign_as_receiver(request: SignedRequest, *, keyid: str, key: Ed25519PrivateKey, now: datetime) -> dict[str, str]:
    """Headers to add to a request for a manifest."""
    headers = {**request.headers, "content-digest": _digest(request.body)}
    values = _values(request.method, request.url, headers)
    covered = [each for each in values if each != _WHOLE]
    parameters: dict[str, str | int] = {
        "created": int(now.timestamp()),
        "keyid": keyid,
        "alg": "ed25519",
        "nonce": secrets.token_urlsafe(18),
    }
    written = write_input(covered, parameters)
    signature = base64.b64encode(key.sign(signature_base(values, covered, written))).decode()
    return {
        "content-digest": headers["content-digest"],
        "signature-input": f"receiver={written}",
        "signature": f"receiver=:{signature}:",
    }


@dataclass(frozen=True, slots=True)
class _Announced:
    components: tuple[str, ...]
    parameters: dict[str, str | int]
    written: str
    signature: bytes


def verify_receiver(request: SignedRequest, *, keys: Callable[[str], Sequence[Key]], now: datetime) -> Verified:
    """Who signed a request for a manifest.

    Args:
        request: as it came, with `url` as this node is configured to be reached.
        keys: public keys by keyid.
        now: aware UTC.

    Raises:
        SignatureError: anything is missing, altered, or made more than two minutes from now.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = _announced(headers)
    if not secrets.compare_digest(headers.get("content-digest", "").encode(), _digest(request.body).encode()):
        raise SignatureError(reason="digest-wrong")
    created = _created(found, now)
    keyid = str(found.parameters.get("keyid", ""))
    values = _values(request.method, request.url, headers)
    address = {_WHOLE} if _WHOLE in found.components else {'"@path"', '"@authority"'}
    needed = {'"@method"', '"content-type"', '"content-digest"'} | address
    if not needed <= {*found.components} <= {*values} or len({*found.components}) != len(found.components):
        raise SignatureError(reason="not-covered")
    signed = signature_base(values, found.components, found.written)
    if not any(_verifies(key, signed, found.signature) for key in keys(keyid)):
        raise SignatureError(reason="signature-wrong")
    once = hashlib.sha256(found.signature).hexdigest()
    return Verified(keyid, str(found.parameters.get("nonce") or once), created + WINDOW, created + 2 * WINDOW)


def _announced(headers: dict[str, str]) -> _Announced:
    written = headers.get("signature-input", "")
    found = _INPUT.fullmatch(written) if len(written) <= _LONGEST else None
    signature = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None or signature is None or found[1] != signature[1]:
        raise SignatureError(reason="not-one-signature")
    given = _PARAMETER.findall(found[4])
    parameters = {name: int(number) if number else words for name, words, number in given}
    try:
        raw = base64.b64decode(signature[2], validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(reason="signature-malformed") from None
    return _Announced(tuple(found[3].split()), parameters, found[2], raw)


def _created(found: _Announced, now: datetime) -> datetime:
    created, expires = found.parameters.get("created"), found.parameters.get("expires")
    if type(created) is not int or abs(now.timestamp() - created) > WINDOW.total_seconds():
        raise SignatureError(reason="not-timely")
    if isinstance(expires, int) and expires < now.timestamp() - WINDOW.total_seconds():
        raise SignatureError(reason="expired")
    return datetime.fromtimestamp(created, UTC)


def _values(method: str, url: str, headers: dict[str, str]) -> dict[str, str]:
    try:
        address = urlsplit(url)
    except ValueError:
        raise SignatureError(reason="not-signable") from None
    values = {
        '"@method"': method,
        '"@path"': address.path or "/",
        '"@authority"': address.netloc.lower(),
        '"content-type"': headers.get("content-type", "").strip(),
        '"content-digest"': headers.get("content-digest", ""),
        _WHOLE: url,
    }
    if not all(value.isascii() and value.isprintable() for value in values.values()):
        raise SignatureError(reason="not-signable")
    return values


def _verifies(key: Key, signed: bytes, signature: bytes) -> bool:
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, signed)
            return True
        halves = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
        key.verify(encode_dss_signature(*halves), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
