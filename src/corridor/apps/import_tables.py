"""CSV files and spreadsheets as rows of texts by title."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.fhir.cells import cell_text
from corridor.fhir.mapping import Mapping
from corridor.fhir.search_values import fold

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_CELL_CHARACTERS = 1_000_000
_PEEK_BYTES = 1 << 20
_UTF = {"utf-8": "utf-8-sig", "utf-16": "utf-16"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, its texts by folded title, or why it cannot be read."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def table_rows(path: Path, mapping: Mapping) -> Iterator[TableRow]:
    """The rows below the titles, in order; empty ones are left out.

    Raises:
        UnavailableError: the file cannot be read.
        InvalidError: it is none of the format that the mapping names, or a column that it names is missing or twice.
    """
    rows = enumerate(_excel(path, mapping) if mapping.source.format == "excel" else _csv(path, mapping), 1)
    titles: list[str] | None = None
    for number, cells in rows:
        if number == mapping.source.titles:
            titles = [fold(each) for each in cells]
            _check_titles(titles, mapping, path)
        elif titles is not None and any(cells):
            yield _row(number, titles, cells)
    if titles is None:
        raise InvalidError(f"{path.name} ends before the row of titles, {mapping.source.titles}.")


def count_rows(path: Path, mapping: Mapping) -> int:
    """About how many rows there are, for a progress bar."""
    if mapping.source.format == "excel":
        with _sheet(path, mapping) as sheet:
            return max(0, sheet.total_height - mapping.source.titles)
    try:
        with path.open("rb") as file:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_PEEK_BYTES), b""))
            return max(0, lines - mapping.source.titles)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _row(number: int, titles: Sequence[str], cells: Sequence[str]) -> TableRow:
    if any(cells[len(titles) :]):
        return TableRow(number, {}, "The row has more cells than there are titles.")
    return TableRow(number, dict(zip(titles, cells, strict=False)))


def _check_titles(titles: list[str], mapping: Mapping, path: Path) -> None:
    for title in mapping.titles():
        count = titles.count(fold(title))
        if count != 1:
            found = "no column" if count == 0 else "more than one column"
            sheet = f" of sheet {mapping.source.sheet}" if mapping.source.sheet else ""
            raise InvalidError(f"{path.name} has {found} {title} in row {mapping.source.titles}{sheet}.")


def _csv(path: Path, mapping: Mapping) -> Iterator[list[str]]:
    csv.field_size_limit(_CELL_CHARACTERS)
    encoding = _encoding(path, mapping)
    try:
        with path.open(encoding=encoding, newline="") as file:
            for row in csv.reader(file, delimiter=mapping.source.delimiter):
                yield [each.strip() for each in row]
    except UnicodeError:
        raise InvalidError(f"{path.name} is not in {mapping.source.encoding}: name its encoding in [source].") from None
    except csv.Error as error:
        raise InvalidError(f"{path.name} is no CSV: {error}.") from None
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _encoding(path: Path, mapping: Mapping) -> str:
    """The codec to read with; a byte order mark is passed over.

    Raises:
        InvalidError: the file is in UTF-8 and the mapping says Windows-1252 or Latin-1, which can be read so and would
            turn every accent into two wrong letters.
    """
    named, mark = mapping.source.encoding, _beginning(path)
    if named in _UTF:
        return _UTF[named]
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    is_utf8 = _is_utf8(path)
    if named == "detect":
        return "windows-1252" if is_utf8 is False else "utf-8-sig"
    if is_utf8:
        raise InvalidError(f"{path.name} is in utf-8, not in {named}: name its encoding in [source].")
    return named


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _is_utf8(path: Path) -> bool | None:
    """Whether letters beyond ASCII are written in UTF-8; None where there are none."""
    plain = True
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for chunk in iter(lambda: file.read(_PEEK_BYTES), ""):
                plain = plain and chunk.isascii()
    except UnicodeDecodeError:
        return False
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None
    return None if plain else True


def _excel(path: Path, mapping: Mapping) -> Iterator[list[str]]:
    with _sheet(path, mapping) as sheet:
        for row in sheet.iter_rows():
            yield [cell_text(each, mapping.source.decimal) for each in row]


@contextmanager
def _sheet(path: Path, mapping: Mapping) -> Iterator[CalamineSheet]:
    import python_calamine  # noqa: PLC0415  # only this command reads spreadsheets: a node stays without it

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError):
        raise UnavailableError(f"The file {path} cannot be read as a spreadsheet.") from None
    with workbook:
        name = mapping.source.sheet or workbook.sheet_names[0]
        if name not in workbook.sheet_names:
            raise InvalidError(f"{path.name} has no sheet {name}, but {', '.join(workbook.sheet_names)}.")
        yield workbook.get_sheet_by_name(name)
