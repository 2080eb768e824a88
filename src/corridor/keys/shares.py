"""A holder's share of the key, in a file that only this node may read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.group import check_scalar
from corridor.domain.secret import Secret

_OTHERS_BITS = 0o077


class _ShareFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int
    index: int
    share: str


class FileShares:
    """`Shares` with this node's share in a file: answers blind requests and proves that it did so truly.

    Args:
        path: a file written by `write_share`, readable by its owner only; read once, here.

    Raises:
        InvalidError: the file is missing, malformed, or open to other users.
    """

    def __init__(self, path: Path) -> None:
        written = _read(path)
        self._index = written.index
        self._epoch = written.epoch
        self._share = Secret(_scalar(written.share))

    @property
    def index(self) -> int:
        """1 to n."""
        return self._index

    @property
    def epoch(self) -> int:
        """Number of the key that the share belongs to."""
        return self._epoch

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Answer blinded elements, with one proof of 64 bytes for all of them.

        Raises:
            InvalidError: there are none or too many, or one is malformed or the identity.

        Source: RFC 9497 section 3.3.2, BlindEvaluate.
        """
        evaluated = oprf.evaluate(self._share.value, blinded)
        return evaluated, dleq.prove(self._share.value, blinded, evaluated)


def _read(path: Path) -> _ShareFile:
    try:
        open_to_others = path.stat().st_mode & _OTHERS_BITS
        written = msgspec.json.decode(path.read_bytes(), type=_ShareFile)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("The file of this holder's key share cannot be read.") from None
    if open_to_others:
        raise InvalidError("The file of this holder's key share can be read by others than its owner.")
    return written


def _scalar(text: str) -> bytes:
    try:
        return check_scalar(bytes.fromhex(text))
    except ValueError:
        raise InvalidError("The file of this holder's key share is malformed.") from None


def write_share(path: Path, share: Secret, *, index: int, epoch: int) -> None:
    """Write a holder's share, for its owner's eyes only; when this returns, it is on the disk.

    Raises:
        InvalidError: a file is already there, as a share must never be overwritten, or it cannot be written.
    """
    written = msgspec.json.encode(_ShareFile(epoch=epoch, index=index, share=share.value.hex()))
    write_private(path, written)


def write_private(path: Path, content: bytes) -> None:
    """Create a file with mode 0600 and put it on the disk.

    Raises:
        InvalidError: a file is already there, or it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise InvalidError("A key file is already there or cannot be written.") from None
