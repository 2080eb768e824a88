"""A holder's share of the key, in a file that only this node may read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.group import check_scalar
from corridor.domain.secret import Secret
from corridor.keys.files import KeyUse, create_key, read_key


class _Share(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the file holds: number of the key, holder index, and the share in base64."""

    epoch: int
    index: int
    share: bytes


class FileShares:
    """`Shares` with this node's share in a file: answers blind requests and proves that it did so truly.

    Args:
        path: a file written by `write_share`; read once, here.

    Raises:
        InvalidError: the file is malformed, or open to others than its owner.
        UnavailableError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            written = msgspec.json.decode(read_key(path, KeyUse.SHARE).value, type=_Share)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise InvalidError("The file of this holder's key share is malformed.") from None
        self._index = written.index
        self._epoch = written.epoch
        self._share = Secret(check_scalar(written.share))

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


def write_share(path: Path, share: Secret, *, index: int, epoch: int) -> None:
    """Write a holder's share, for its owner's eyes only; when this returns, it is on the disk.

    Raises:
        ConflictError: a file is already there; a share is never overwritten.
        UnavailableError: it cannot be written.
    """
    create_key(path, KeyUse.SHARE, msgspec.json.encode(_Share(epoch, index, share.value)))
