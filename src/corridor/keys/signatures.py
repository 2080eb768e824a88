"""HTTP Message Signatures between nodes: a request says who asks, a response says to what it is the answer.

Replay is not seen here: whoever verifies a request spends its nonce in a table that outlives it.

Source: RFC 9421, RFC 9530; TRUST section 2.2.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature

from corridor.domain.errors import SignatureError
from corridor.domain.message import SignedRequest, SignedResponse, Verified
from corridor.keys.own_signing import Signing
from corridor.keys.public_keys import verifying_key
from corridor.keys.signature_base import (
    ALGORITHM,
    SignatureInput,
    read_input,
    request_values,
    response_values,
    signature_base,
    write_input,
)

TAG = "corridor"
LIFETIME, LONGEST = timedelta(seconds=60), timedelta(seconds=120)
"""How long our signatures are made for, and how long any may be."""
SKEW = timedelta(seconds=60)
"""How far two clocks may differ."""

_SIGNING = ("content-digest", "signature-input", "signature")
_NONCE_BYTES = 18
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,128}")
_ONE_SIGNATURE = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/]{86}==):")
_MAX_INPUT_CHARACTERS = 2048


class Signatures:
    """Signs this node's requests and responses, and verifies those of others.

    Args:
        keyid: under which the directory lists this node's key: its country, or `hub`.
        key: this node's signing key.
    """

    def __init__(self, keyid: str, key: Signing) -> None:
        self._keyid = keyid
        self._key = key

    def sign_request(self, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to a request so that the receiver knows who asks.

        Args:
            request: whole, without signature headers; tracing, deadline and clinician are covered where present.
            now: aware UTC.

        Raises:
            SignatureError: it carries signature headers already, or cannot be signed.
        """
        return self._signed(request_values(request, _unsigned(request.headers, request.body)), now=now)

    def sign_response(self, response: SignedResponse, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to a response so that it is the answer to this very request.

        Args:
            response: whole, without signature headers.
            request: as it came, with its signature.
            now: aware UTC.

        Raises: as `sign_request`.
        """
        return self._signed(response_values(response, _unsigned(response.headers, response.body), request), now=now)

    def _signed(self, values: Mapping[str, str], *, now: datetime) -> dict[str, str]:
        parameters: dict[str, str | int] = {
            "created": int(now.timestamp()),
            "expires": int((now + LIFETIME).timestamp()),
            "nonce": secrets.token_urlsafe(_NONCE_BYTES),
            "keyid": self._keyid,
            "alg": ALGORITHM,
            "tag": TAG,
        }
        components = tuple(values)
        written = write_input(components, parameters)
        signature = base64.b64encode(self._key.sign(signature_base(values, components, written))).decode()
        return dict(
            zip(_SIGNING, (values['"content-digest"'], f"{TAG}={written}", f"{TAG}=:{signature}:"), strict=True)
        )

    def verify_request(
        self, request: SignedRequest, *, key_of: Callable[[str], bytes | None], now: datetime
    ) -> Verified:
        """Who signed a request.

        Args:
            request: as it came, with `url` as this node is configured to be reached.
            key_of: Ed25519 public keys (32 bytes each) by keyid, or None where it is unknown.
            now: aware UTC.

        Raises:
            SignatureError: anything is missing, altered, ambiguous, expired or made for too long.
        """
        headers = _checked(request.headers, request.body)
        found = _timely(read_input(headers["signature-input"]), now)
        keyid, nonce = (str(found.parameters.get(name, "")) for name in ("keyid", "nonce"))
        key = key_of(keyid)
        if key is None:
            raise SignatureError(reason="keyid-unknown")
        _verify(found, request_values(request, headers), headers["signature"], key=key)
        if not _NONCE.fullmatch(nonce):
            raise SignatureError(reason="nonce-too-short")
        expires_at = _time(found, "expires")
        return Verified(keyid, nonce, expires_at, expires_at + SKEW)

    def verify_response(self, response: SignedResponse, request: SignedRequest, *, key: bytes, now: datetime) -> None:
        """Let pass the response that the holder of a key gave to this very request.

        Args:
            response: as it came.
            request: as it was sent, with its signature headers.
            key: Ed25519 public keys of the node that was asked, 32 bytes each.
            now: aware UTC.

        Raises: as `verify_request`.
        """
        headers = _checked(response.headers, response.body)
        found = _timely(read_input(headers["signature-input"]), now)
        _verify(found, response_values(response, headers, request), headers["signature"], key=key)


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _unsigned(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    if any(name in headers for name in _SIGNING):
        raise SignatureError(reason="already-signed")
    return {**headers, "content-digest": _digest(body)}


def _checked(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Headers by lower-case name, once all that needs no key is right."""
    lower = {name.lower(): value for name, value in headers.items()}
    if len(lower) != len(headers):
        raise SignatureError(reason="duplicate-header")
    missing = next((name for name in _SIGNING if name not in lower), "")
    if missing:
        raise SignatureError(reason=f"{missing}-missing")
    if not _ONE_SIGNATURE.fullmatch(lower["signature"]) or len(lower["signature-input"]) > _MAX_INPUT_CHARACTERS:
        raise SignatureError(reason="not-one-signature")
    if not secrets.compare_digest(lower["content-digest"].encode(), _digest(body).encode()):
        raise SignatureError(reason="digest-wrong")
    return lower


def _timely(found: SignatureInput, now: datetime) -> SignatureInput:
    """The same, once its times are right: they are looked at before anything costly."""
    created, expires = _time(found, "created"), _time(found, "expires")
    if not timedelta() < expires - created <= LONGEST:
        raise SignatureError(reason="lifetime-too-long")
    if created > now + SKEW:
        raise SignatureError(reason="not-yet-created")
    if expires < now - SKEW:
        raise SignatureError(reason="expired")
    return found


def _time(found: SignatureInput, name: str) -> datetime:
    value = found.parameters.get(name)
    if type(value) is not int:
        raise SignatureError(reason=f"{name}-missing")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise SignatureError(reason=f"{name}-malformed") from None


def _verify(found: SignatureInput, values: Mapping[str, str], signature: str, *, key: bytes) -> None:
    """Let pass a signature over exactly these values, each once, in whatever order its maker chose."""
    missing = next((component for component in values if component not in found.components), "")
    if missing:
        raise SignatureError(reason="not-covered-" + re.sub(r"[^a-z]+", "-", missing).strip("-"))
    label, _, encoded = signature.partition("=")
    if len(found.components) != len(values) or label != found.label or found.parameters.get("tag") != TAG:
        raise SignatureError(reason="signature-wrong")
    try:
        signed = signature_base(values, found.components, found.written)
        verifying_key(key).verify(base64.b64decode(encoded.strip(":")), signed)
    except InvalidSignature:
        raise SignatureError(reason="signature-wrong") from None
