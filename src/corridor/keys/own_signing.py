"""A party's own signing keys: the one that the manifest says counts now, in whichever file it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.errors import InvalidError
from corridor.keys.files import KeyUse, create_key, signing_key

FIRST = "signing.key"
_FILES = "signing*.key"


class Signing(Protocol):
    """What signs."""

    def sign(self, message: bytes, /) -> bytes:
        """The signature."""


class OwnSigning:
    """Signs with the key that counts now; a new one takes over by itself, while everything runs.

    Args:
        folder: of the key files.
        wanted: the public key, 32 bytes, that the others expect now; None where they expect none.

    Raises:
        UnavailableError: there is no key.
        InvalidError: a key file is wrong.
    """

    def __init__(self, folder: Path, wanted: Callable[[], bytes | None]) -> None:
        self._folder, self._wanted = folder, wanted
        self._keys = _read(folder)
        self._first = next(iter(self._keys.values()))
        self._missed: bytes | None = None

    @property
    def current(self) -> Ed25519PrivateKey:
        """The key itself; where the one that is expected is not here, the first, which others will refuse."""
        wanted = self._wanted()
        if wanted and wanted not in self._keys and wanted != self._missed:
            self._keys, self._missed = _read(self._folder), wanted
        return self._keys.get(wanted or b"", self._first)

    def sign(self, message: bytes, /) -> bytes:
        """See `Signing`."""
        return self.current.sign(message)


def create_next(folder: Path) -> bytes:
    """Make a further signing key; its public part, 32 bytes.

    Raises: as `create_key`.
    """
    taken = {path.name for path in folder.glob(_FILES)}
    name = next(name for number in range(2, 10_000) if (name := f"signing-{number}.key") not in taken)
    create_key(folder / name, KeyUse.SIGNING)
    return signing_key(folder / name).public_key().public_bytes_raw()


def own_key(folder: Path, wanted: bytes | None) -> Ed25519PrivateKey:
    """The signing key with this public part; the only one that there is where None.

    Raises:
        InvalidError: it is not here.
    """
    keys = _read(folder)
    if wanted is None:
        return next(iter(keys.values()))
    if wanted not in keys:
        raise InvalidError("The signing key that the manifest names is not in the key folder.")
    return keys[wanted]


def _read(folder: Path) -> dict[bytes, Ed25519PrivateKey]:
    paths = sorted(folder.glob(_FILES), key=lambda path: (path.name != FIRST, path.name)) or [folder / FIRST]
    keys = [signing_key(path) for path in paths]
    return {key.public_key().public_bytes_raw(): key for key in keys}
