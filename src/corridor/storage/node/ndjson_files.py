"""Files of one JSON object a line, that grow step by step and are never longer than what is certain."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from corridor.domain.bulk import BulkFile, Section
from corridor.domain.errors import UnavailableError
from corridor.storage.node.sealed_files import SealedWriter
from corridor.storage.seals import Seals

_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
_BUFFER_BYTES = 1 << 20


class NdjsonFiles:
    """The files of one job during one step.

    What an earlier step that was cut off wrote beyond the sizes it is told is cut away first.

    Args:
        folder: of the job; made where it does not exist.
        files: what is certain so far.
        seals: of the node.
        key: name of the job's key, which was prepared.
    """

    def __init__(self, folder: Path, files: Sequence[BulkFile], *, seals: Seals, key: str) -> None:
        self._folder = folder
        self._files = {each.name: each for each in files}
        self._open: dict[str, BinaryIO] = {}
        self._seal: Callable[[BinaryIO], SealedWriter] = lambda file: SealedWriter(file, seals, key)
        self._sealing: dict[str, SealedWriter] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        for each in self._files.values():
            self._check(each)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for each in self._open.values():
            each.close()

    def add(self, section: Section, resource_type: str, lines: Sequence[bytes]) -> None:
        """Append lines, none of which has a line break in it."""
        name = _NAMES[section].format(resource_type)
        known = self._files.get(name) or BulkFile(section, resource_type, name)
        if name not in self._sealing:
            self._sealing[name] = self._seal(self._open.get(name) or self._opened(known))
        self._sealing[name].write(b"\n".join(lines) + b"\n")
        self._files[name] = replace(known, count=known.count + len(lines))

    def settled(self) -> tuple[BulkFile, ...]:
        """Every file as it is on the disk now; what was added is durable."""
        for name, sealing in self._sealing.items():
            sealing.flush()
            self._files[name] = replace(self._files[name], size_bytes=self._open[name].tell())
        for each in self._open.values():
            os.fsync(each.fileno())
        return tuple(self._files.values())

    def _check(self, known: BulkFile) -> None:
        """Cut away what is not certain.

        Raises:
            UnavailableError: something that was certain is not there.
        """
        path = self._folder / known.name
        size = path.stat(follow_symlinks=False).st_size
        if size < known.size_bytes:
            raise UnavailableError("A file of the job is damaged.")
        if size > known.size_bytes:
            self._opened(known).flush()

    def _opened(self, known: BulkFile) -> BinaryIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(self._folder / known.name, flags, _PRIVATE)
        file = os.fdopen(descriptor, "wb", _BUFFER_BYTES)
        self._open[known.name] = file
        file.truncate(known.size_bytes)
        file.seek(known.size_bytes)
        return file


_NAMES = {Section.OUTPUT: "{}.ndjson", Section.DELETED: "deleted-{}.ndjson", Section.ERROR: "error-{}.ndjson"}


def one_line(bodies: Iterable[bytes]) -> list[bytes]:
    """Each body on one line; a line break in JSON only ever stands between its tokens, so that nothing else changes."""
    return [
        each.replace(b"\r", b" ").replace(b"\n", b" ") if b"\n" in each or b"\r" in each else each for each in bodies
    ]
