"""CSV files and spreadsheets as rows of texts by title."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.fhir.cells import cell_text
from corridor.fhir.mapping import Mapping
from corridor.fhir.search_values import fold

_CELL_CHARACTERS = 1_000_000
_PEEK_BYTES = 1 << 20


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
        return sum(1 for _ in _excel(path, mapping))
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_PEEK_BYTES), b""))
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
            raise InvalidError(f"{path.name} has {found} {title} in row {mapping.source.titles}.")


def _csv(path: Path, mapping: Mapping) -> Iterator[list[str]]:
    csv.field_size_limit(_CELL_CHARACTERS)
    encoding = _encoding(path, mapping)
    try:
        with path.open(encoding=encoding, newline="") as file:
            for row in csv.reader(file, delimiter=mapping.source.delimiter):
                yield [each.strip() for each in row]
    except UnicodeDecodeError:
        raise InvalidError(f"{path.name} is not in {mapping.source.encoding}: name its encoding in [source].") from None
    except csv.Error as error:
        raise InvalidError(f"{path.name} is no CSV: {error}.") from None
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def _encoding(path: Path, mapping: Mapping) -> str:
    """The codec to read with; a byte order mark in UTF-8 is passed over."""
    named = mapping.source.encoding
    if named != "detect":
        return {"utf-8": "utf-8-sig"}.get(named, named)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for _ in iter(lambda: file.read(_PEEK_BYTES), ""):
                pass
    except UnicodeDecodeError:
        return "windows-1252"
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None
    return "utf-8-sig"


def _excel(path: Path, mapping: Mapping) -> Iterator[list[str]]:
    import python_calamine  # noqa: PLC0415  # only this command reads spreadsheets: a node stays without it

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError):
        raise UnavailableError(f"The file {path} cannot be read as a spreadsheet.") from None
    with workbook:
        name = mapping.source.sheet or workbook.sheet_names[0]
        if name not in workbook.sheet_names:
            raise InvalidError(f"{path.name} has no sheet {name}.")
        content: Iterable[Sequence[object]] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row in content:
        yield [cell_text(each) for each in row]
