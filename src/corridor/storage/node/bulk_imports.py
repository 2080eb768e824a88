"""Imports: ndjson files read line by line in a thread, and a file of those lines that were refused."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from corridor.domain.bulk import BulkFile, BulkJob, ImportInput, ImportOrder, Progress, Section
from corridor.domain.errors import CorridorError, InvalidError, TooLargeError, UnavailableError
from corridor.domain.record import Draft
from corridor.fhir.bulk_manifest import refusal
from corridor.flows.ports.bulk_imports import Lines, Refusal
from corridor.storage.node.ndjson_files import NdjsonFiles
from corridor.storage.node.sealed_files import SealedReader, job_key
from corridor.storage.seals import Seals

LINES = 500
"""Lines of one step: one unit."""

STEP_BYTES = 8 << 20
"""Bytes after which a step ends earlier."""

_BUFFER_BYTES = 1 << 16

ReadLine = Callable[[bytes], Draft]


class FileBulkImports:
    """Port `BulkImports`.

    Args:
        folder: in which each job has a folder of its own.
        read_line: a line to a draft; raises errors of the house.
        seals: of the node.
        max_line_bytes: of one line.
    """

    def __init__(self, folder: Path, read_line: ReadLine, *, seals: Seals, max_line_bytes: int) -> None:
        self._seals = seals
        self._folder = folder
        self._read_line = read_line
        self._max_line_bytes = max_line_bytes

    async def lines(self, job: BulkJob) -> Lines:
        """See the port."""
        return await asyncio.to_thread(self._lines, job)

    async def report(self, job: BulkJob, refusals: Sequence[Refusal]) -> tuple[BulkFile, ...]:
        """See the port."""
        if not refusals:
            return job.progress.files
        await self._seals.prepare([job_key(job.id)])
        return await asyncio.to_thread(self._report, job, refusals)

    def _lines(self, job: BulkJob) -> Lines:
        inputs = job.order.inputs if isinstance(job.order, ImportOrder) else ()
        part = job.progress.part
        try:
            with self._opened(Path(inputs[part].path), job.id) as file:
                file.seek(job.progress.position)
                return self._read(file, job.progress, inputs)
        except OSError as error:
            raise UnavailableError("A file that is being imported cannot be read.") from error

    def _opened(self, path: Path, id: str) -> BinaryIO:
        """An upload was sealed when it came; what an operator laid into the import folder is as it was laid there."""
        if path.parent != self._folder / id:
            return path.open("rb")
        return io.BufferedReader(SealedReader(path, self._seals), _BUFFER_BYTES)

    def _read(self, file: BinaryIO, progress: Progress, inputs: Sequence[ImportInput]) -> Lines:
        drafts: list[tuple[int, Draft]] = []
        refusals: list[Refusal] = []
        line, ended = progress.line, False
        until = file.tell() + STEP_BYTES
        while line < progress.line + LINES and file.tell() < until:
            raw, whole = _next_line(file, self._max_line_bytes)
            if not raw:
                ended = True
                break
            line += 1
            if raw.strip():
                try:
                    drafts.append((line, self._draft(raw, inputs[progress.part], whole=whole)))
                except CorridorError as error:
                    refusals.append(Refusal(line, error))
        reached = replace(progress, position=file.tell(), line=line)
        if ended and progress.part + 1 < len(inputs):
            reached = replace(progress, part=progress.part + 1, position=0, line=0)
        return Lines(drafts, refusals, reached, last=ended and progress.part + 1 >= len(inputs))

    def _draft(self, raw: bytes, wanted: ImportInput, *, whole: bool) -> Draft:
        if not whole:
            raise TooLargeError(f"The line is longer than {self._max_line_bytes} bytes.")
        draft = self._read_line(raw)
        if wanted.type and draft.resource_type != wanted.type:
            raise InvalidError(f"The file was said to hold {wanted.type} alone.", ("resourceType",))
        return draft

    def _report(self, job: BulkJob, refusals: Sequence[Refusal]) -> tuple[BulkFile, ...]:
        inputs = job.order.inputs if isinstance(job.order, ImportOrder) else ()
        name = inputs[job.progress.part].url.removeprefix("file:").rpartition("/")[2] or "upload"
        lines = [refusal(each.error, file=name, line=each.line) for each in refusals]
        try:
            kept = NdjsonFiles(self._folder / job.id, job.progress.files, seals=self._seals, key=job_key(job.id))
            with kept as files:
                files.add(Section.ERROR, "OperationOutcome", lines)
                return files.settled()
        except OSError as error:
            raise UnavailableError("The report of an import cannot be written.") from error


def _next_line(file: BinaryIO, max_bytes: int) -> tuple[bytes, bool]:
    """The next line and whether it is whole; what is too long is passed over in pieces."""
    raw = file.readline(max_bytes + 1)
    if len(raw) <= max_bytes or raw.endswith(b"\n"):
        return raw, True
    while True:
        more = file.readline(max_bytes)
        if not more or more.endswith(b"\n"):
            return raw, False
