"""The text of a cell as a FHIR value, or in plain words why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from corridor.domain.errors import CorridorError
from corridor.fhir.identifiers import COUNTRIES, ISO_3166, V2
from corridor.fhir.known_papers import known_papers
from corridor.fhir.mapping import Field, Mapping, Unit
from corridor.fhir.search_values import fold

UCUM = "http://unitsofmeasure.org"

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥)?\s*(.*)", re.DOTALL)
_COMPARATORS = {"≤": "<=", "≥": ">="}
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.0+)?)?")
_TRUE = frozenset({"1", "s", "si", "sim", "true", "verdadero", "x", "y", "yes"})
_FALSE = frozenset({"0", "n", "no", "nao", "false", "falso"})

_PAPERS = {"RUN": ("NI", "CL"), "DNI": ("NI", "PE"), "CEDULA": ("NI", ""), "CE": ("PRC", ""), "PASSPORT": ("PPN", "")}
"""Type by HL7 v2-0203 and the country that issues it, where only one does; other papers have their name alone."""

_V2_CODES = {"national": "NI", "passport": "PPN", "residence": "PRC", "permit": "VS"}

Cells = Callable[[str], str]
"""The text of a column in this row, empty where nothing was written."""


class CellError(CorridorError):
    """A cell that cannot be read.

    Args:
        message: why, in words for whoever filled the table in; never what stands there.
        column: title of its column.
    """

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


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
    return _READERS[field.kind](text.rjust(field.pad, "0"), field, cells=cells, mapping=mapping)


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
    return _moment(text, field, mapping).date().isoformat()


def _datetime(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> str:
    del cells
    at = _moment(text, field, mapping)
    return at.replace(tzinfo=ZoneInfo(mapping.source.zone or "UTC")).isoformat()


def _moment(text: str, field: Field, mapping: Mapping) -> datetime:
    found = _ISO_DATE.fullmatch(text)
    with suppress(ValueError):
        if found:
            return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}")  # the zone is added by the caller
    for form in mapping.source.dates:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007  # the zone is added by the caller
    raise CellError("This is no date in a form that the mapping names, or no day of the calendar.", field.columns[0])


def _decimal(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> Decimal:
    del cells
    plain = text.replace(" ", "")
    if mapping.source.decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    if not _DECIMAL.fullmatch(plain):
        raise CellError("This is no number as the mapping writes them.", field.columns[0])
    return Decimal(plain)


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


def _identifier(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> dict[str, Any]:
    paper = _paper(field, cells, mapping)
    if not paper:
        return {"system": field.system, "value": text}
    code, usual = _PAPERS.get(paper) or _joined(paper)
    kind = {"coding": [{"system": V2, "code": code}]} if code else {}
    issuer = _issuer(field, cells, mapping) or usual
    said = {"type": kind | {"text": paper}, "value": text} | ({"system": field.system} if field.system else {})
    return said | ({"assigner": {"identifier": {"system": ISO_3166, "value": issuer}}} if issuer else {})


def _joined(paper: str) -> tuple[str, str]:
    """Type and issuer of a paper by the name that a country of the federation gives it."""
    found = (each for each in known_papers() if each.rule.label.upper() == paper)
    return next(((_V2_CODES[each.rule.kind], each.country) for each in found), ("", ""))


def _paper(field: Field, cells: Cells, mapping: Mapping) -> str:
    if not field.paper_column:
        return field.paper.upper()
    said = cells(field.paper_column)
    found = mapping.values[field.values].get(fold(said)) if field.values else said
    if not found:
        raise CellError("The kind of paper is empty or not in the mapping's table.", field.paper_column)
    return found.upper()


def _issuer(field: Field, cells: Cells, mapping: Mapping) -> str:
    if not field.issuer_column:
        return COUNTRIES.get(field.issuer.upper(), "")
    said = cells(field.issuer_column)
    found = mapping.values[field.issuers].get(fold(said), "") if field.issuers else said.upper()
    if said and found not in COUNTRIES:
        raise CellError("The country is not in the mapping's table, and no code of ISO 3166.", field.issuer_column)
    return COUNTRIES.get(found, "")


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
    "identifier": _identifier,
}


def cell_text(content: object) -> str:
    """What a cell of a spreadsheet shows, as text: whole numbers without decimals, dates as `YYYY-MM-DD`."""
    if isinstance(content, bool):
        return "1" if content else "0"
    if isinstance(content, float):
        return str(int(content)) if content.is_integer() else repr(content)
    if isinstance(content, datetime | date):
        return content.isoformat()
    return "" if content is None else str(content).strip()
