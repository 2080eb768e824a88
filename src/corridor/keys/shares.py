"""A holder's shares of the token key, each in a file that only this node may read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.group import check_scalar
from corridor.domain.secret import Secret
from corridor.keys.files import KeyUse, create_key, read_key

_FILES = "share*.json"


class _Share(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the file holds: number of the key, holder index, the share in base64, and its generation."""

    epoch: int
    index: int
    share: bytes
    generation: int = 0


class FileShare:
    """`Share` from a file: answers blind requests and proves that it did so truly.

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
        self.epoch = written.epoch
        self.generation = written.generation
        self._share = Secret(check_scalar(written.share))

    @property
    def index(self) -> int:
        """1 to n."""
        return self._index

    @property
    def secret(self) -> Secret:
        """The share itself, for a ceremony that deals it on."""
        return self._share

    def answer(self, blinded: Sequence[bytes]) -> list[bytes]:
        """See the port."""
        return oprf.evaluate(self._share.value, blinded)

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """See the port.

        Source: RFC 9497 section 3.3.2, BlindEvaluate.
        """
        evaluated = self.answer(blinded)
        return evaluated, dleq.prove(self._share.value, blinded, evaluated)


class FolderShares:
    """Port `Shares`: what lies in the folder of this node's keys; a share that a ceremony brings is found at once.

    Args:
        folder: of the key files; it may hold no share.

    Raises:
        InvalidError: a share's file is malformed, or open to others than its owner.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, FileShare] = {}
        self._look()

    def of(self, epoch: int, generation: int) -> FileShare | None:
        """See the port."""
        return self._known(epoch, generation) or (self._look() and self._known(epoch, generation)) or None

    def retire(self, epoch: int, generation: int) -> int:
        """Delete the shares of keys and generations that came before this one; how many there were."""
        old = [path for path, share in self._read.items() if (share.epoch, share.generation) < (epoch, generation)]
        for path in old:
            path.unlink(missing_ok=True)
            del self._read[path]
        return len(old)

    def _known(self, epoch: int, generation: int) -> FileShare | None:
        held = (each for each in self._read.values() if (each.epoch, each.generation) == (epoch, generation))
        return next(held, None)

    def _look(self) -> bool:
        new = [path for path in sorted(self._folder.glob(_FILES)) if path not in self._read]
        self._read |= {path: FileShare(path) for path in new}
        return bool(new)


def share_file(folder: Path, epoch: int, generation: int) -> Path:
    """Where the share of a key's generation lies."""
    return folder / f"share-{epoch}-{generation}.json"


def write_share(path: Path, share: Secret, *, index: int, epoch: int, generation: int = 0) -> None:
    """Write a holder's share, for its owner's eyes only; when this returns, it is on the disk.

    Raises:
        ConflictError: a file is already there; a share is never overwritten.
        UnavailableError: it cannot be written.
    """
    create_key(path, KeyUse.SHARE, msgspec.json.encode(_Share(epoch, index, share.value, generation)))
