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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, VerifyResult
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from corridor.domain.errors import SignatureError
from corridor.domain.message import SIGNED_WHEN_PRESENT, SignedRequest, SignedResponse, Verified

TAG = "corridor"
LIFETIME, LONGEST = timedelta(seconds=60), timedelta(seconds=120)
"""How long our signatures are made for, and how long any may be."""
SKEW = timedelta(seconds=60)
"""How far two clocks may differ."""

_REQUEST = ('"@method"', '"@target-uri"', '"content-digest"')
_RESPONSE = ('"@status"', '"content-digest"', '"@method";req', '"@target-uri";req', '"signature";req')
_SIGNING = ("content-digest", "signature-input", "signature")
_NONCE_BYTES = 18
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,128}")
_ONE_SIGNATURE = re.compile(r"[a-z*][a-z0-9_.*-]{0,63}=:[A-Za-z0-9+/]{86}==:")
_MAX_INPUT_CHARACTERS = 2048


@dataclass(slots=True)
class _Request:
    """A request as the signing package wants it."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(slots=True)
class _Response:
    """A response as the signing package wants it."""

    status_code: int
    headers: dict[str, str]
    request: _Request


class _Keys(HTTPSignatureKeyResolver):
    """A look-up of public keys; signing needs none, the key is at hand."""

    def __init__(self, key_of: Callable[[str], bytes | None]) -> None:
        self._key_of = key_of

    def resolve_private_key(self, key_id: str) -> None:
        """The package's interface; never asked."""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        raw = self._key_of(key_id)
        if raw is None:
            raise SignatureError(reason="keyid-unknown")
        return _public(raw)


@lru_cache(maxsize=256)
def _public(raw: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise SignatureError(reason="key-malformed") from None


class _Verifier(HTTPMessageVerifier):
    """The package's verifier, with our clock and our limits; times are checked before anything costly."""

    def __init__(self, key_of: Callable[[str], bytes | None], now: datetime) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=_Keys(key_of))
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002  # the package's interface
        created, expires = (_time(sig_input.params, name) for name in ("created", "expires"))
        if not timedelta() < expires - created <= LONGEST:
            raise SignatureError(reason="lifetime-too-long")
        if created > self._now + SKEW:
            raise SignatureError(reason="not-yet-created")
        if expires < self._now - SKEW:
            raise SignatureError(reason="expired")


def _time(parameters: Mapping[str, Any], name: str) -> datetime:
    value = parameters.get(name)
    if type(value) is not int:
        raise SignatureError(reason=f"{name}-missing")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise SignatureError(reason=f"{name}-malformed") from None


class Signatures:
    """Signs this node's requests and responses, and verifies those of others.

    Args:
        keyid: under which the directory lists this node's key: its country, or `hub`.
        key: this node's signing key.
    """

    def __init__(self, keyid: str, key: Ed25519PrivateKey) -> None:
        self._keyid = keyid
        self._key = key
        self._signer = HTTPMessageSigner(signature_algorithm=ED25519)

    def sign_request(self, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to a request so that the receiver knows who asks.

        Args:
            request: whole, without signature headers; tracing, deadline and clinician are covered where present.
            now: aware UTC.

        Raises:
            SignatureError: it carries signature headers already, or cannot be signed.
        """
        covered = (*_REQUEST, *(f'"{name}"' for name in SIGNED_WHEN_PRESENT if name in request.headers))
        headers = _unsigned(request.headers, request.body)
        return self._signed(_Request(request.method, request.url, headers), covered, now=now)

    def sign_response(self, response: SignedResponse, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to a response so that it is the answer to this very request.

        Args:
            response: whole, without signature headers.
            request: as it came, with its signature.
            now: aware UTC.

        Raises: as `sign_request`.
        """
        message = _Response(response.status, _unsigned(response.headers, response.body), _asked(request))
        return self._signed(message, _RESPONSE, now=now)

    def _signed(self, message: _Request | _Response, covered: tuple[str, ...], *, now: datetime) -> dict[str, str]:
        try:
            prepared = self._signer.prepare(
                message,
                key_id=self._keyid,
                created=now,
                expires=now + LIFETIME,
                nonce=secrets.token_urlsafe(_NONCE_BYTES),
                label=TAG,
                tag=TAG,
                covered_component_ids=covered,
                use_existing_digest=True,
            )
        except HTTPMessageSignaturesException:
            raise SignatureError(reason="not-signable") from None
        # The package's own `sign` builds everything twice, for signers that are slow and far away; ours is here.
        signature = base64.b64encode(self._key.sign(prepared.signature_base)).decode()
        values = (message.headers["content-digest"], f"{TAG}={prepared.signature_params}", f"{TAG}=:{signature}:")
        return dict(zip(_SIGNING, values, strict=True))

    def verify_request(
        self, request: SignedRequest, *, key_of: Callable[[str], bytes | None], now: datetime
    ) -> Verified:
        """Who signed a request.

        Args:
            request: as it came, with `url` as this node is configured to be reached.
            key_of: Ed25519 public key (32 bytes) by keyid, or None where it is unknown.
            now: aware UTC.

        Raises:
            SignatureError: anything is missing, altered, ambiguous, expired or made for too long.
        """
        headers = _checked(request.headers, request.body)
        covered = (*_REQUEST, *(f'"{name}"' for name in SIGNED_WHEN_PRESENT if name in headers))
        found = _verify(_Request(request.method, request.url, headers), covered, verifier=_Verifier(key_of, now))
        nonce = str(found.parameters.get("nonce", ""))
        if not _NONCE.fullmatch(nonce):
            raise SignatureError(reason="nonce-too-short")
        expires_at = _time(found.parameters, "expires")
        return Verified(str(found.parameters["keyid"]), nonce, expires_at, expires_at + SKEW)

    def verify_response(self, response: SignedResponse, request: SignedRequest, *, key: bytes, now: datetime) -> None:
        """Let pass the response that the holder of a key gave to this very request.

        Args:
            response: as it came.
            request: as it was sent, with its signature headers.
            key: Ed25519 public key of the node that was asked, 32 bytes.
            now: aware UTC.

        Raises: as `verify_request`.
        """
        headers = _checked(response.headers, response.body)
        message = _Response(response.status, headers, _asked(request))
        _verify(message, _RESPONSE, verifier=_Verifier(lambda _keyid: key, now))


def _asked(request: SignedRequest) -> _Request:
    return _Request(request.method, request.url, dict(request.headers))


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


def _verify(message: _Request | _Response, covered: tuple[str, ...], *, verifier: _Verifier) -> VerifyResult:
    try:
        found = verifier.verify(message, expect_tag=TAG, max_age=None)[0]
    except HTTPMessageSignaturesException as error:
        cause = error.__cause__
        reason = cause.reason if isinstance(cause, SignatureError) else "signature-wrong"
        raise SignatureError(reason=reason) from None
    missing = next((name for name in covered if name not in found.covered_components), "")
    if missing:
        raise SignatureError(reason="not-covered-" + re.sub(r"[^a-z]+", "-", missing).strip("-"))
    return found
