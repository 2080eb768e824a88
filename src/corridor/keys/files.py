"""Key files: made once, readable by their owner alone, and refused in any other state."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.domain.secret import Secret

KEY_BYTES = 32
_MAX_BYTES = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyUse(StrEnum):
    """What a key is for; a file of one use is never read for another."""

    SIGNING = "signing"
    SEALING = "sealing"
    PSEUDONYM = "pseudonym"
    LOG = "log"
    SHARE = "share"
    BODY = "body"
    LINK = "link"
    SEED = "seed"
    MANIFEST = "manifest"
    MASTER = "master"


def create_key(path: Path, use: KeyUse, secret: bytes | None = None) -> Secret:
    """Write a new key; when this returns it is durable, and only the owner can read it.

    Args:
        path: of the new file; its folder exists.
        use: what the key is for.
        secret: the key, or None for 32 random bytes.

    Raises:
        ConflictError: the file is already there.
        UnavailableError: it cannot be written.
    """
    value = secrets.token_bytes(KEY_BYTES) if secret is None else secret
    line = f"corridor-key-1 {use} {base64.b64encode(value).decode()}\n".encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, stat.S_IRUSR | stat.S_IWUSR)
            file.write(line)
            file.flush()
            os.fsync(descriptor)
        _sync_folder(path.parent)
    except FileExistsError:
        raise ConflictError("The key file is already there.") from None
    except OSError:
        raise UnavailableError("The key file cannot be written.") from None
    return Secret(value)


def write_private(path: Path, content: bytes) -> None:
    """Put a file into the key folder, whole or not at all, for its owner's eyes only; an old one is replaced.

    Raises:
        UnavailableError: it cannot be written.
    """
    beside = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be written.") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_key(path: Path, use: KeyUse) -> Secret:
    """The key of a file.

    Raises:
        UnavailableError: the file cannot be read.
        InvalidError: others may read it, or it is not a key of this use.
    """
    return Secret(_parsed(_read_private(path, use), use))


def read_secret(path: Path) -> Secret:
    """A word that stands alone in a file, such as the PIN of a hardware module; blanks around it do not count.

    Raises: as `read_key`.
    """
    word = _read_private(path, "secret").strip()
    if not word or not word.isascii():
        raise InvalidError("The file holds no word.")
    return Secret(word)


def _read_private(path: Path, use: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            line = file.read(_MAX_BYTES)
    except OSError:
        raise UnavailableError(f"The {use} key file cannot be read.") from None
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise InvalidError(f"The {use} key file must be readable by its owner alone (mode 0600).")
    return line


def _parsed(line: bytes, use: KeyUse) -> bytes:
    try:
        version, written_use, encoded = line.decode("ascii").split()
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidError(f"The file holds no {use} key.") from None
    if (version, written_use) != ("corridor-key-1", use) or not value:
        raise InvalidError(f"The file holds no {use} key.")
    return value


def ensure_key(path: Path, use: KeyUse) -> Secret:
    """The key of a file, which is made first where there is none."""
    return read_key(path, use) if path.exists() else create_key(path, use)


def signing_key(path: Path, use: KeyUse = KeyUse.SIGNING) -> Ed25519PrivateKey:
    """The Ed25519 key of a file: for messages, or with `KeyUse.LOG` for checkpoints.

    Raises: as `read_key`.
    """
    return Ed25519PrivateKey.from_private_bytes(_whole(read_key(path, use), use))


def sealing_key(path: Path) -> X25519PrivateKey:
    """The X25519 key of a file, for envelopes.

    Raises: as `read_key`.
    """
    return X25519PrivateKey.from_private_bytes(_whole(read_key(path, KeyUse.SEALING), KeyUse.SEALING))


def _whole(secret: Secret, use: KeyUse) -> bytes:
    if len(secret.value) != KEY_BYTES:
        raise InvalidError(f"A {use} key has 32 bytes.")
    return secret.value
