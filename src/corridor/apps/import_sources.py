"""What is imported, piece by piece: rows of tables, lines of ndjson, entries of Bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from corridor.apps.import_tables import TableRow, count_rows, table_rows
from corridor.domain.errors import CorridorError, InvalidError, TooLargeError, UnavailableError
from corridor.domain.record import Draft
from corridor.fhir.mapped_rows import Fault, Reading, drafts_of
from corridor.fhir.ndjson_line import read_line
from corridor.fhir.transaction import Origin
from corridor.fhir.unbundle import unbundle

_TABLES = frozenset({".csv", ".ods", ".tsv", ".txt", ".xls", ".xlsb", ".xlsx"})
_LINES = frozenset({".jsonl", ".ndjson"})
_LINE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """One row, line or entry: its number, and the drafts that it makes or its faults."""

    number: int
    drafts: list[Draft]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        count: about how many pieces it has.
        pieces: all of them, from the one after that many on.
    """

    path: Path
    count: Callable[[], int]
    pieces: Callable[[int], Iterator[Piece]]


def open_source(path: Path, origin: Origin, reading: Reading | None) -> Source:
    """A file by the ending of its name.

    Raises:
        InvalidError: it is a table and there is no mapping, or its ending is unknown.
        UnavailableError: it is no file.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise UnavailableError(f"There is no file {path}.")
    if ending in _TABLES:
        if reading is None:
            raise InvalidError(f"{path.name} is a table: say with --mapping what its columns mean.")
        return Source(path, partial(count_rows, path, reading.mapping), partial(_rows, path, reading))
    if ending in _LINES:
        return Source(path, partial(_count_lines, path), partial(_lines, path, origin))
    if ending == ".json":
        return Source(path, lambda: len(unbundle(_content(path))), partial(_entries, path, origin))
    raise InvalidError(f"{path.name}: an import reads .json, .ndjson, .csv, .xlsx and their like.")


def _rows(path: Path, reading: Reading, skip: int) -> Iterator[Piece]:
    for row in islice(table_rows(path, reading.mapping), skip, None):
        yield _row(row, reading, path.name)


def _row(row: TableRow, reading: Reading, name: str) -> Piece:
    if row.fault:
        return Piece(row.number, [], [Fault("", row.fault)])
    return Piece(row.number, *drafts_of(row.cells, reading, place=f"Row {row.number} of {name}"))


def _lines(path: Path, origin: Origin, skip: int) -> Iterator[Piece]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(partial(file.readline, _LINE_BYTES), b""), 1):
                if number > skip:
                    yield _piece(number, partial(_line, raw, origin)) if raw.strip() else Piece(number, [], [])
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _line(raw: bytes, origin: Origin) -> Draft:
    if len(raw) >= _LINE_BYTES:
        raise TooLargeError(f"The line is longer than {_LINE_BYTES} bytes.")
    return read_line(raw, source=origin.source, zone=origin.zone, base=origin.base)


def _entries(path: Path, origin: Origin, skip: int) -> Iterator[Piece]:
    for each in islice(unbundle(_content(path)), skip, None):
        yield _piece(each.number, partial(each.draft, origin))


def _piece(number: int, make: Callable[[], Draft]) -> Piece:
    try:
        return Piece(number, [make()], [])
    except CorridorError as error:
        return Piece(number, [], [*faults_of(error)])


def faults_of(error: CorridorError) -> Iterator[Fault]:
    """Every problem that an error tells of, with the element where a table has a column."""
    issues = error.issues if isinstance(error, InvalidError) else ()
    for issue in issues:
        yield Fault(issue.expression, issue.message)
    if not issues:
        yield Fault(next(iter(error.expression), ""), error.message)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(partial(file.read, 1 << 20), b""))
