"""Sealed envelopes: a description of a person that only one country's node can open, all of one size.

Source: RFC 9180 (HPKE), base mode, X25519 with HKDF-SHA256 and ChaCha20-Poly1305.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.identity.demographics import Demographics
from corridor.keys.files import sealing_key

BUCKET_BYTES = 2048
"""Every ordinary description fits one bucket; a longer one takes whole buckets."""

CONTENT_BYTES_MAX = 32 * BUCKET_BYTES - 4
OVERHEAD_BYTES = 32 + 16
"""The sender's ephemeral key and the tag."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PURPOSE = b"corridor/envelope/v1\0"


def padded(content: bytes) -> bytes:
    """Content with its length in front, filled up to whole buckets.

    Raises:
        InvalidError: longer than 32 buckets.
    """
    if len(content) > CONTENT_BYTES_MAX:
        raise InvalidError("The content of an envelope is too long.")
    framed = len(content).to_bytes(4, "big") + content
    return framed + bytes(-len(framed) % BUCKET_BYTES)


def unpadded(framed: bytes) -> bytes:
    """The content that `padded` was given.

    Raises:
        InvalidError: the length does not fit what is there.
    """
    size, content = int.from_bytes(framed[:4], "big"), framed[4:]
    if len(framed) % BUCKET_BYTES or size > len(content) or any(content[size:]):
        raise InvalidError("An envelope cannot be opened here.")
    return content[:size]


def seal(public_key: bytes, content: bytes, context: bytes) -> bytes:
    """Seal content so that only one node can open it, and only in the same context.

    Args:
        public_key: the node's X25519 key, 32 bytes.
        content: at most 64 kB.
        context: what both sides know, such as the recipient and the purpose.

    Raises:
        InvalidError: the key is malformed or the content too long.
    """
    try:
        key = X25519PublicKey.from_public_bytes(public_key)
        return _SUITE.encrypt(padded(content), key, _PURPOSE + context)
    except (ValueError, TypeError):
        raise InvalidError("A node's sealing key is malformed.") from None


def unseal(private_key: X25519PrivateKey, envelope: bytes, context: bytes) -> bytes:
    """The content of an envelope that was sealed to this key in this context.

    Raises:
        InvalidError: another key, another context, or an altered envelope; which one is not told.
    """
    try:
        return unpadded(_SUITE.decrypt(envelope, private_key, _PURPOSE + context))
    except (InvalidTag, ValueError, TypeError):
        raise InvalidError("An envelope cannot be opened here.") from None


def _context(recipient: Country, purpose: str) -> bytes:
    return f"{recipient}\0{purpose}".encode()


class FileEnvelopes:
    """`Envelopes` with this node's key in a file; opened descriptions stay in memory.

    Args:
        path: key file of this node's sealing key; read once, here.
        country: this node's country.
        sealing_key_of: a country's public key, 32 bytes, or None where it takes no part now.

    Raises:
        InvalidError: the file holds another kind of key, or is open to others than its owner.
        UnavailableError: it cannot be read.
    """

    def __init__(self, path: Path, *, country: Country, sealing_key_of: Callable[[Country], bytes | None]) -> None:
        self._private_key = sealing_key(path)
        self._country = country
        self._sealing_key_of = sealing_key_of

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that others seal to."""
        return self._private_key.public_key().public_bytes_raw()

    def seal(self, country: Country, described: Demographics, *, purpose: str) -> bytes:
        """As the port says.

        Raises:
            UnavailableError: the country takes no part.
            InvalidError: its key in the directory is malformed.
        """
        key = self._sealing_key_of(country)
        if key is None:
            raise UnavailableError("That country takes no part in the federation.")
        return seal(key, described.to_json(), _context(country, purpose))

    def open(self, envelope: bytes, *, purpose: str) -> Demographics:
        """As the port says.

        Raises:
            InvalidError: not for this node, not for this purpose, altered, or no description of a person.
        """
        return Demographics.from_json(unseal(self._private_key, envelope, _context(self._country, purpose)))
