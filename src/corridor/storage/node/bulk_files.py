"""The folders of exports and imports: one for each job, for the node's own user alone."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corridor.domain.bulk import ImportInput
from corridor.domain.errors import GoneError, InvalidError, NotFoundError, TooLargeError, UnavailableError
from corridor.storage.node.sealed_files import SealedContent, SealedWriter, job_key
from corridor.storage.seals import Seals

UPLOAD = "upload.ndjson"
"""Name of an upload in its job's folder."""

_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
_JOB = re.compile(r"[0-9a-f-]{36}")
_NAME = re.compile(r"[A-Za-z-]{1,64}\.ndjson")
_WRITE_BYTES = 1 << 20
_OUTSIDE = "An input is a file: address of an ndjson file in the node's import folder."


class JobFolders:
    """Port `BulkFiles`.

    Args:
        folder: in which each job has a folder of its own.
        import_folder: from which files may be imported, or None for none.
        seals: of the node.
        max_bytes: of an upload.
    """

    def __init__(self, folder: Path, import_folder: Path | None, *, seals: Seals, max_bytes: int) -> None:
        self._folder, self._seals = folder, seals
        self._import_folder = import_folder
        self._max_bytes = max_bytes

    async def receive(self, id: str, upload: AsyncIterator[bytes]) -> ImportInput:
        """See the port."""
        folder = self._of(id)
        path = folder / UPLOAD
        try:
            with _answering():
                folder.mkdir(mode=_PRIVATE_FOLDER, parents=True)
                await self._seals.prepare([job_key(id)])
                await self._keep(path, upload, job_key(id))
        except BaseException:
            await self.remove(id)
            raise
        return ImportInput("", "", str(path))

    async def inputs(self, wanted: Sequence[ImportInput], source: str) -> tuple[ImportInput, ...]:
        """See the port."""
        with _answering():
            found = [*await asyncio.to_thread(lambda: [*self._named(wanted), *self._inside(source)])]
        if not found:
            raise InvalidError("There is nothing to import.", ("Parameters.parameter",))
        return tuple(found)

    async def open(self, id: str, name: str) -> SealedContent:
        """See the port."""
        if not _NAME.fullmatch(name):
            raise InvalidError("A file of a job has a plain name.")
        try:
            with _answering():
                return await asyncio.to_thread(SealedContent, self._of(id) / name, self._seals)
        except (FileNotFoundError, GoneError):
            raise NotFoundError("There is no such file.") from None

    async def folders(self) -> tuple[str, ...]:
        """See the port."""
        if not self._folder.is_dir():
            return ()
        return tuple(each.name for each in self._folder.iterdir() if _JOB.fullmatch(each.name))

    async def remove(self, id: str) -> None:
        """See the port."""
        await self._seals.end(job_key(id))
        with _answering():
            await asyncio.to_thread(shutil.rmtree, self._of(id), ignore_errors=True)

    def _of(self, id: str) -> Path:
        if not _JOB.fullmatch(id):
            raise InvalidError("A job has a UUID for an id.")
        return self._folder / id

    async def _keep(self, path: Path, upload: AsyncIterator[bytes], key: str) -> None:
        size, waiting = 0, bytearray()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            sealing = SealedWriter(file, self._seals, key)
            async for chunk in upload:
                size += len(chunk)
                if size > self._max_bytes:
                    raise TooLargeError(f"The upload is larger than {self._max_bytes} bytes.")
                waiting += chunk
                if len(waiting) > _WRITE_BYTES:
                    await asyncio.to_thread(sealing.write, bytes(waiting))
                    waiting.clear()
            sealing.write(waiting)
            sealing.flush()
            await asyncio.to_thread(os.fsync, file.fileno())

    def _named(self, wanted: Sequence[ImportInput]) -> Iterator[ImportInput]:
        for each in wanted:
            path = self._place(each.url)
            if not path.is_file():
                raise InvalidError(_OUTSIDE, ("Parameters.parameter",))
            yield replace(each, path=str(path))

    def _inside(self, source: str) -> Iterator[ImportInput]:
        """Every ndjson file of a folder, by name."""
        if not source:
            return
        folder = self._place(source)
        if not folder.is_dir():
            raise InvalidError("The source is a file: address of a folder in the node's import folder.")
        for path in sorted(folder.glob("*.ndjson")):
            yield ImportInput("", f"{source.rstrip('/')}/{path.name}", str(self._checked(path)))

    def _place(self, url: str) -> Path:
        """Where an address points; one without a leading slash is read from the import folder."""
        parts = urlsplit(url)
        if self._import_folder is None or parts.scheme != "file" or parts.netloc or parts.query or "\x00" in url:
            raise InvalidError(_OUTSIDE, ("Parameters.parameter",))
        return self._checked(self._import_folder / unquote(parts.path))

    def _checked(self, path: Path) -> Path:
        """The place without links, if it is in the import folder."""
        if self._import_folder is None or not path.resolve().is_relative_to(self._import_folder.resolve()):
            raise InvalidError(_OUTSIDE, ("Parameters.parameter",))
        return path.resolve()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnavailableError("The disk does not answer.") from error
