"""The text of a cell as a FHIR value, or in plain words why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from corridor.fhir.cell_dates import Moment, read_moment
from corridor.fhir.cell_error import CellError
from corridor.fhir.cell_papers import Cells, read_identifier
from corridor.fhir.mapping import Field, Mapping, Unit
from corridor.fhir.search_values import fold

UCUM = "http://unitsofmeasure.org"

_NUMBERS = {
    ".": re.compile(r"-?([0-9]{1,18}|[0-9]{1,3}(\s[0-9]{3}){1,5})(\.[0-9]{1,18})?"),
    ",": re.compile(r"-?([0-9]{1,18}|[0-9]{1,3}([.\s][0-9]{3}){1,5})(,[0-9]{1,18})?"),
}
"""Numbers by what stands before their decimals. What parts thousands stands before three digits each time: a 72.5 where
the comma is for decimals is no 725."""
_SPACES = re.compile(r"\s")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥)?\s*(.*)", re.DOTALL)
_COMPARATORS = {"≤": "<=", "≥": ">="}
_TRUE = frozenset({"1", "s", "si", "sim", "true", "verdadero", "x", "y", "yes"})
_FALSE = frozenset({"0", "n", "no", "nao", "false", "falso"})


def value(field: Field, cells: Cells, mapping: Mapping) -> Any:
    """What the cells of a field say, or None where they are empty.

    Raises:
        CellError: it cannot be read, or it is empty and may not be.
    """
    column = field.columns[0]
    text = " ".join(each for each in map(cells, field.columns) if each)
    if not text:
        if field.required:
            raise CellError("The cell is empty, and something has to be there.", column)
        return None
    if text.isdecimal():  # a spreadsheet takes zeros from numbers alone: a passport with letters has them all
        text = text.rjust(field.pad, "0")
    return _READERS[field.kind](text, field, cells=cells, mapping=mapping)


def _replaced(text: str, field: Field, mapping: Mapping, *, always: bool = True) -> str:
    """The text, or what the field's table puts in its place."""
    if not field.values:
        return text
    found = mapping.values[field.values].get(fold(text))
    if found is None and always and field.unknown == "fault":
        raise CellError(f"The value is not in the table {field.values}.", field.columns[0])
    return text if found is None else found


def _text(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> str:
    del cells
    return _replaced(text, field, mapping)


def _words(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> list[str]:
    del cells
    return _replaced(text, field, mapping).split()


def _date(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> str:
    del cells
    return _moment(text, field, mapping).date


def _datetime(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> str:
    del cells
    return _moment(text, field, mapping).datetime(mapping.source.zone)


def _moment(text: str, field: Field, mapping: Mapping) -> Moment:
    found = read_moment(text, mapping.source)
    if found is None:
        raise CellError(
            "This is no date in a form that the mapping names, or no day of the calendar.", field.columns[0]
        )
    if found.ahead:
        raise CellError("The year has two digits, and the day would lie ahead: write all four.", field.columns[0])
    return found


def _decimal(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> Decimal:
    del cells
    if not _NUMBERS[mapping.source.decimal].fullmatch(text):
        raise CellError("This is no number as the mapping writes them.", field.columns[0])
    plain = _SPACES.sub("", text)
    return Decimal(plain.replace(".", "").replace(",", ".") if mapping.source.decimal == "," else plain)


def _integer(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> int:
    del cells, mapping
    if not _INTEGER.fullmatch(text):
        raise CellError("This is no whole number.", field.columns[0])
    return int(text)


def _boolean(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> bool:
    del cells
    said = fold(_replaced(text, field, mapping))
    if said not in _TRUE | _FALSE:
        raise CellError("This is neither yes nor no.", field.columns[0])
    return said in _TRUE


def _quantity(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> dict[str, Any]:
    found = _COMPARED.fullmatch(_replaced(text, field, mapping, always=False))
    comparator, number = (found[1], found[2]) if found else (None, "")
    unit = _unit(field, cells, mapping)
    said: dict[str, Any] = {"value": _decimal(number, field, cells=cells, mapping=mapping)}
    if comparator:
        said["comparator"] = _COMPARATORS.get(comparator, comparator)
    return said | {"unit": unit.unit, "system": UCUM, "code": unit.code}


def _unit(field: Field, cells: Cells, mapping: Mapping) -> Unit:
    said = cells(field.unit_column) if field.unit_column else ""
    found = mapping.units[field.units].get(fold(said)) if field.units and said else field.unit
    if found is None:
        raise CellError(
            f"The unit is not in the table {field.units}." if said else "There is no unit.", field.unit_column
        )
    return found


def _concept(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> dict[str, Any]:
    del cells
    found = mapping.codes[field.codes].get(fold(text))
    if found is None and field.unknown == "fault":
        raise CellError(f"The value is not in the table {field.codes}.", field.columns[0])
    codings = [
        {name: said for name, said in (("system", each.system), ("code", each.code), ("display", each.display)) if said}
        for each in found or ()
    ]
    return ({"coding": codings} if codings else {}) | {"text": text}


_READERS: dict[str, Callable[..., Any]] = {
    "text": _text,
    "words": _words,
    "date": _date,
    "datetime": _datetime,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "quantity": _quantity,
    "concept": _concept,
    "identifier": read_identifier,
}


def cell_text(content: object, decimal: str = ".") -> str:
    """What a cell of a spreadsheet shows, as text: whole numbers without decimals, dates as `YYYY-MM-DD`.

    Args:
        content: of the cell.
        decimal: what stands before decimals in the texts of its source; the cell's own are written alike.
    """
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, float):
        return str(int(content)) if content.is_integer() else _shown(content).replace(".", decimal)
    if isinstance(content, datetime | date):
        return content.isoformat()
    return "" if content is None else str(content).strip()


def _shown(number: float) -> str:
    """To the 15 digits that a spreadsheet has, without an exponent."""
    return format(Decimal(format(number, ".15g")), "f")
