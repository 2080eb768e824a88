"""Signing a person's travelling consent, and checking the signature of another country."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime

import orjson
import rfc8785
from cryptography.exceptions import InvalidSignature

from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import Cause
from corridor.domain.errors import CorridorError, SignatureError
from corridor.fhir import statement as statements
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import signature_of
from corridor.flows.ports.clock import Clock
from corridor.keys.own_signing import Signing
from corridor.keys.public_keys import verifying_key

ALGORITHM = "Ed25519"
"""The fully specified name; `EdDSA` is deprecated (RFC 9864) and not accepted."""

_DETACHED = re.compile(r"([A-Za-z0-9_-]{4,256})\.\.([A-Za-z0-9_-]{86})")
_NUMBER = re.compile(rb"(?:\":|[\[,])-?[0-9]")
"""Where a number may stand in compact JSON; inside a text it may be mistaken for one, which costs time and no more."""


def sign(resource: Resource, *, signer: Country, key: Signing, at: datetime) -> Resource:
    """The Provenance of a Consent with a detached JWS over its canonical form.

    Raises:
        SignatureError: the resource has no canonical form, such as a number beyond what JSON can carry exactly.

    Source: RFC 7515 appendix F, RFC 8785, RFC 8037.
    """
    header = _encoded(orjson.dumps(_header(signer)))
    signature = _encoded(key.sign(f"{header}.{_encoded(canonical(resource))}".encode()))
    return statements.signature_for(resource, signer=signer, jws=f"{header}..{signature}", at=at)


def verify(consent: Resource, provenance: Resource, public_key: bytes) -> Country:
    """The country whose signature stands under a Consent.

    Args:
        consent: exactly as it was received.
        provenance: that carries the signature.
        public_key: Ed25519 public key of the country that should have signed, 32 bytes.

    Raises:
        SignatureError: altered in any way, signed by another key, or with another algorithm.
    """
    try:
        signer, detached = signature_of(provenance)
    except CorridorError:
        raise SignatureError(reason="statement-signature-unreadable") from None
    found = _DETACHED.fullmatch(detached)
    if found is None:
        raise SignatureError(reason="statement-signature-wrong")
    header, signature = found.groups()
    signed = f"{header}.{_encoded(canonical(consent))}".encode()
    try:
        verifying_key(public_key).verify(_decoded(signature), signed)
    except InvalidSignature:
        raise SignatureError(reason="statement-signature-wrong") from None
    if _read_header(header) != _header(signer):
        raise SignatureError(reason="statement-header-unexpected")
    return signer


def _header(signer: Country) -> dict[str, str]:
    return {"alg": ALGORITHM, "kid": signer}


def _read_header(encoded: str) -> object:
    try:
        return orjson.loads(_decoded(encoded))
    except ValueError:
        return None


def _encoded(content: bytes) -> str:
    """Base64url without padding, as JWS has it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def canonical(resource: Resource) -> bytes:
    """The one byte form of a resource that signatures are made over.

    In ASCII and without numbers, sorted compact JSON is that form already; everything else is left to the package.

    Raises:
        SignatureError: it has none.

    Source: RFC 8785.
    """
    try:
        quick = orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise SignatureError(reason="statement-not-canonical") from None
    if quick.isascii() and not _NUMBER.search(quick):
        return quick
    try:
        return rfc8785.dumps(resource)
    except (rfc8785.CanonicalizationError, RecursionError):
        raise SignatureError(reason="statement-not-canonical") from None


class SignedStatements:
    """The port `Statements`, with this country's signing key and the directory's public keys.

    Args:
        country: this node's country.
        key: its signing key.
        key_of: Ed25519 public keys of a country, 32 bytes each, or None where it takes no part.
        clock: for the time of signatures.
    """

    def __init__(
        self, country: Country, key: Signing, *, key_of: Callable[[Country], bytes | None], clock: Clock
    ) -> None:
        self._country = country
        self._key = key
        self._key_of = key_of
        self._clock = clock

    def write(self, consent: Consent, *, handle: str) -> bytes:
        """See the port."""
        return self._sealed(statements.consent_about(handle, consent, asker=self._country))

    def read(self, statement: bytes, *, handle: str, asker: Country) -> Consent:
        """See the port."""
        return statements.read_consent(self._opened(statement, asker), handle=handle)

    def write_override(self, consent: Consent, *, handle: str, cause: Cause) -> bytes:
        """See the port."""
        return self._sealed(statements.override_about(handle, consent, asker=self._country, cause=cause))

    def read_override(self, statement: bytes, *, handle: str, asker: Country) -> Consent:
        """See the port."""
        return statements.read_override(self._opened(statement, asker), handle=handle, asker=asker)

    def write_withdrawal(self, withdrawal: Withdrawal, *, handle: str) -> bytes:
        """See the port."""
        return self._sealed(statements.withdrawal_about(handle, withdrawal, asker=self._country))

    def read_withdrawal(self, statement: bytes, *, handle: str, asker: Country) -> Withdrawal:
        """See the port."""
        return statements.read_withdrawal(self._opened(statement, asker), handle=handle)

    def _sealed(self, resource: Resource) -> bytes:
        signature = sign(resource, signer=self._country, key=self._key, at=self._clock.now())
        return statements.envelope(resource, signature)

    def _opened(self, statement: bytes, asker: Country) -> Resource:
        consent, provenance = statements.open_envelope(statement)
        key = self._key_of(asker)
        if key is None:
            raise SignatureError(reason="signer-unknown")
        if verify(consent, provenance, key) != asker:
            raise SignatureError(reason="signer-not-asker")
        return consent
