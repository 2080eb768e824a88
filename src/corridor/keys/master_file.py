"""A master key in a file of its own: for development, and for a machine whose key folder is a volume apart."""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from corridor.domain.errors import InvalidError
from corridor.keys.files import KEY_BYTES, KeyUse, read_key

_NONCE_BYTES = 12


class FileMasterKey:
    """Port `MasterKey` on a key file.

    Args:
        path: of the file.

    Raises: as `read_key`.
    """

    def __init__(self, path: Path) -> None:
        secret = read_key(path, KeyUse.MASTER)
        if len(secret.value) != KEY_BYTES:
            raise InvalidError("A master key has 32 bytes.")
        self._cipher = AESGCM(secret.value)
        self.name = f"file:{sha256(b'corridor-master-1' + secret.value).hexdigest()[:16]}"

    def wrap(self, key: bytes) -> bytes:
        """See the port."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, None)

    def unwrap(self, wrapped: bytes) -> bytes:
        """See the port."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise InvalidError("The master key is not the one that wrapped these data keys.") from None
