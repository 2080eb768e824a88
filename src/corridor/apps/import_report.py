"""What an import leaves beside itself: a report of everything that was refused, and how far it is."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from corridor.apps.import_seen import SeenRows
from corridor.domain.errors import UnavailableError
from corridor.fhir.mapped_rows import Fault

TITLES = ("source", "row", "column", "reason")
_PRIVATE = 0o600
_MARK = "\ufeff"
"""Spreadsheets read a CSV as UTF-8 only behind it."""


class State(msgspec.Struct):
    """How far an import is; whoever goes on begins here.

    Attributes:
        print: what the sources and the mapping were when it began.
        done: pieces that are done, by source.
        report_bytes: length of the report up to there.
    """

    print: str
    done: dict[str, int] = {}
    written: int = 0
    unchanged: int = 0
    rejected: int = 0
    report_bytes: int = 0


def fingerprint(sources: Sequence[Path], mapping: bytes) -> str:
    """Changes when a source or the mapping does."""
    digest = sha256(mapping)
    for path in sources:
        found = path.stat()
        digest.update(f"\0{path.resolve()}\0{found.st_size}\0{found.st_mtime_ns}".encode())
    return digest.hexdigest()


@dataclass(slots=True)
class Report:
    """The report and the state beside it; both are for the operator's own eyes.

    Attributes:
        path: of the report.
        kept: False where no state is kept: a dry run.
        seen: what the rows said so far, kept as long as the state.
    """

    path: Path
    state: State
    kept: bool = True
    seen: SeenRows = field(init=False)
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seen = SeenRows(self.path.with_name(self.path.name + ".seen") if self.kept else None)

    @property
    def state_path(self) -> Path:
        """Where the state lies."""
        return self.path.with_name(self.path.name + ".state")

    def open(self, *, resume: bool) -> bool:
        """Begin, or go on where the same import was stopped; True where it goes on."""
        found = self._found() if resume and self.kept else None
        if found is not None:
            self.state = found
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, _PRIVATE)
            with os.fdopen(descriptor, "wb") as file:
                file.truncate(self.state.report_bytes)
        except OSError:
            raise UnavailableError(f"The report {self.path} cannot be written.") from None
        self.seen.open(resume=found is not None)
        if found is None:
            self._lines.append(_MARK + _written([TITLES]))
        return found is not None

    def reject(self, source: Path, number: int, faults: Iterable[Fault]) -> None:
        """One row that is not kept; a line of the report for each reason."""
        self.state.rejected += 1
        self._lines.append(_written([(source.name, number, each.column, each.reason) for each in faults]))

    def settle(self, source: Path, done: int) -> None:
        """Everything up to this piece is done: durable before the next begins."""
        self.state.done[str(source)] = done
        self.seen.settle()
        try:
            with self.path.open("ab") as file:
                file.write("".join(self._lines).encode())
                file.flush()
                os.fsync(file.fileno())
                self.state.report_bytes = file.tell()
            self._lines.clear()
            if self.kept:
                self._keep()
        except OSError:
            raise UnavailableError(f"The report {self.path} cannot be written.") from None

    def close(self) -> None:
        """All is done: there is nothing to go on with."""
        self.state_path.unlink(missing_ok=True)
        self.seen.close()

    def _found(self) -> State | None:
        try:
            found = msgspec.json.decode(self.state_path.read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            return None
        whole = self.path.is_file() and self.path.stat().st_size >= found.report_bytes
        return found if found.print == self.state.print and whole else None

    def _keep(self) -> None:
        """Replace the state in one move: a kill leaves the old one or the new one."""
        beside = self.state_path.with_name(self.state_path.name + ".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
            file.write(msgspec.json.encode(self.state))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.state_path)


def _written(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
