"""Files of exports and imports: sealed piece by piece under a key that dies with their job (ADR 38)."""

from __future__ import annotations

import asyncio
import io
import struct
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from corridor.domain.errors import UnavailableError
from corridor.storage.seals import Seals

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 1 << 18
"""So much is sealed at once, and is in memory at once when it is read."""

_HEAD = struct.Struct(">II")
"""Before each piece: its length as it was, and as it lies there."""


def job_key(id: str) -> str:
    """The name of a job's data key; no person has an id with a slash."""
    return f"job/{id}"


class SealedWriter:
    """Appends to a file; what was written is whole pieces after `flush`.

    Args:
        file: at the end of which it begins.
        seals: of the node; the key was prepared.
        key: name of the key.
    """

    def __init__(self, file: BinaryIO, seals: Seals, key: str) -> None:
        self._file, self._seals, self._key = file, seals, key
        self._waiting = bytearray()

    def write(self, content: bytes | bytearray) -> None:
        """Append."""
        self._waiting += content
        while len(self._waiting) >= PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]))
            del self._waiting[:PIECE_BYTES]

    def flush(self) -> None:
        """Seal what waits as a piece of its own."""
        if self._waiting:
            self._seal(bytes(self._waiting))
            self._waiting.clear()
        self._file.flush()

    def _seal(self, piece: bytes) -> None:
        sealed = self._seals.seal(piece, self._key)
        self._file.write(_HEAD.pack(len(piece), len(sealed)))
        self._file.write(sealed)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a piece lies, and what of the file it is."""

    at: int
    sealed_bytes: int
    start: int


class SealedReader(io.RawIOBase):
    """A sealed file as it was written, read from any place; one piece is in memory at once.

    Raises:
        UnavailableError: the file is damaged.
        GoneError: the job is over.
    """

    def __init__(self, path: Path, seals: Seals) -> None:
        self._file = path.open("rb")
        self._seals = seals
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._pieces = [*_pieces(self._file)]
        self.size_bytes = self._pieces.pop().start
        self._starts = [each.start for each in self._pieces]

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted in what was written."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        """The place that is read next."""
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer with what comes next, up to the end of its piece."""
        if self._position >= self.size_bytes:
            return 0
        number = bisect_right(self._starts, self._position) - 1
        offset = self._position - self._starts[number]
        view = memoryview(buffer)
        part = self._piece(number)[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            piece = self._pieces[number]
            self._file.seek(piece.at)
            self._held = (number, self._seals.open(self._file.read(piece.sealed_bytes)))
        return self._held[1]


def _pieces(file: BinaryIO) -> Iterator[_Piece]:
    """Every piece in order, and one of nothing that stands at the end."""
    end, at, start = file.seek(0, io.SEEK_END), 0, 0
    while at < end:
        file.seek(at)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise UnavailableError("A file of the job is damaged.")
        size, sealed = _HEAD.unpack(head)
        yield _Piece(at + _HEAD.size, sealed, start)
        at, start = at + _HEAD.size + sealed, start + size
    if at > end:
        raise UnavailableError("A file of the job is damaged.")
    yield _Piece(at, 0, start)


class SealedContent:
    """Port `StoredFile`."""

    def __init__(self, path: Path, seals: Seals) -> None:
        self._path, self._seals = path, seals
        with SealedReader(path, seals) as reader:
            self.size_bytes = reader.size_bytes

    async def parts(self, start: int, end: int) -> AsyncIterator[bytes]:
        """See the port."""
        reader = await asyncio.to_thread(SealedReader, self._path, self._seals)
        try:
            reader.seek(start)
            while reader.tell() < end:
                yield await asyncio.to_thread(reader.read, min(PIECE_BYTES, end - reader.tell())) or b""
        finally:
            reader.close()
