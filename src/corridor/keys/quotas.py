"""Quotas as signed files: asked for by one country, signed by others, shown to every holder with each request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, SignatureError
from corridor.domain.quota import Quota
from corridor.keys.public_keys import verifying_key

_SIGNED_FOR = b"corridor/quota/v1\0"
_SIGNERS_MAX = 64


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    asker: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    epoch: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    elements: int
    start: Annotated[datetime, msgspec.Meta(tz=True)]
    end: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body exactly as it was signed, and signatures by country; the asker's own is among them."""

    body: Annotated[bytes, msgspec.Meta(max_length=4096)]
    signatures: Annotated[dict[str, bytes], msgspec.Meta(max_length=_SIGNERS_MAX)]


def request_quota(quota: Quota, key: Ed25519PrivateKey) -> bytes:
    """The file of a quota that its asker signed, for others to sign."""
    body = msgspec.json.encode(
        _Body(quota.id, quota.asker, quota.epoch, quota.elements, quota.start, quota.end, quota.reason)
    )
    return msgspec.json.encode(_File(body, {str(quota.asker): key.sign(_SIGNED_FOR + body)}))


def sign_quota(document: bytes, country: Country, key: Ed25519PrivateKey) -> bytes:
    """The file with one more signature.

    Raises:
        InvalidError: it is no quota.
    """
    file = _read(document)
    return msgspec.json.encode(_File(file.body, {**file.signatures, str(country): key.sign(_SIGNED_FOR + file.body)}))


def new_quota_id() -> str:
    """An id that no other quota has."""
    return secrets.token_hex(16)


class SignedQuotas:
    """Port `Quotas`.

    Args:
        key_of: gives a member's signing keys, 32 bytes each, or None.
    """

    def __init__(self, key_of: Callable[[Country], bytes | None]) -> None:
        self._key_of = key_of

    def read(self, document: bytes) -> tuple[Quota, frozenset[Country]]:
        """See the port; the asker must have signed, so that nobody spends what another was given."""
        file = _read(document)
        try:
            body = msgspec.json.decode(file.body, type=_Body)
        except msgspec.DecodeError:
            raise InvalidError("The quota is malformed.") from None
        asker = Country(body.asker)
        signers = frozenset(self._signer(Country(name), file, sign) for name, sign in file.signatures.items())
        if asker not in signers:
            raise InvalidError("The quota is not signed by the country that it is for.")
        return Quota(body.id, asker, body.epoch, body.elements, body.start, body.end, body.reason), signers

    def _signer(self, country: Country, file: _File, signature: bytes) -> Country:
        try:
            verifying_key(self._key_of(country) or b"").verify(signature, _SIGNED_FOR + file.body)
        except (InvalidSignature, SignatureError):
            raise InvalidError(f"The signature of {country} on the quota does not hold.") from None
        return country


def _read(document: bytes) -> _File:
    try:
        return msgspec.json.decode(document, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("The quota is malformed.") from None
