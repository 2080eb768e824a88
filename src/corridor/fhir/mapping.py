"""How the columns of one table become resources, in the words of a mapping file.

docs/import.md explains every word of it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec

STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]{1,2})\])?")
"""One step of a path: a name, and which of several."""

Kind = Literal[
    "text",
    "words",
    "date",
    "datetime",
    "decimal",
    "integer",
    "boolean",
    "quantity",
    "concept",
    "identifier",
    "reference",
]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[source]` table: where rows come from and how their texts are written.

    Attributes:
        name: part of every id that is made; two sources never meet under one id.
        format: `csv` or `excel`.
        encoding: of a CSV; `detect` reads UTF-8, UTF-16 with a mark and, where that fails, Windows-1252.
        titles: number of the row that names the columns.
        dates: forms of dates as `strptime` writes them, or `serial`; `YYYY-MM-DD` is always read.
        decimal: what stands before the decimals.
        empty: texts that mean nothing was written.
        zone: IANA time zone of times without one; the node's where it is left out.
    """

    name: Text
    format: Literal["csv", "excel"]
    encoding: Literal["utf-8", "utf-16", "windows-1252", "latin-1", "detect"] = "utf-8"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    sheet: str = ""
    titles: Annotated[int, msgspec.Meta(ge=1)] = 1
    dates: tuple[Text, ...] = ()
    decimal: Literal[".", ","] = "."
    empty: tuple[str, ...] = ()
    zone: str = ""


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit as people read it and its UCUM code."""

    unit: Text
    code: Text


class Coding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One code."""

    system: Text
    code: Text
    display: str = ""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "as"}):
    """One element and the column that it is read from.

    Attributes:
        column: title of the column, or several whose texts are joined by spaces.
        kind: `as` in the file: what the text is read as.
        required: an empty cell is a fault.
        pad: zeros are put before a number until it is so long; spreadsheets lose them, and keys do without.
        values: name of a table that replaces texts.
        codes: name of a table of codes, for a concept.
        unknown: what becomes of a text that is in no table: a `fault`, or kept as it is.
        units: name of a table of units, or empty where `unit` is the only one.
        unit_column: title of the column that names the unit.
        paper: of an identifier: what it is printed on, such as `RUN`, `DNI`, `PASSPORT`.
        paper_column: title of the column that names the paper, in the words of `values`.
        issuer: country that issued the paper.
        issuer_column: title of the column that names the country, in the words of `issuers`.
        to: name of the resource that is referred to.
        key: titles of the columns that make its id, where it is not made from the same row.
        type: its type, where it stands in another mapping of the same source.
    """

    column: Text | Names | None = None
    kind: Kind = "text"
    required: bool = False
    pad: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    values: str = ""
    codes: str = ""
    unknown: Literal["fault", "keep"] = "fault"
    units: str = ""
    unit: Unit | None = None
    unit_column: str = ""
    system: str = ""
    paper: str = ""
    paper_column: str = ""
    issuer: str = ""
    issuer_column: str = ""
    issuers: str = ""
    to: str = ""
    key: tuple[Text, ...] = ()
    type: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Titles of the columns that the element's own text is in."""
        if self.column is None:
            return ()
        return (self.column,) if isinstance(self.column, str) else self.column


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"among": "is"}):
    """A resource is made only of rows that have something in a column: one of these texts, or anything."""

    column: Text
    among: tuple[Text, ...] = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[resource]]`: a resource that a row may hold.

    Attributes:
        name: other resources refer to it by this name, and it is part of the id.
        key: titles of the columns that make the id.
        repeated: what becomes of a later row that says otherwise of the same resource: the row is refused as a whole
            (`same`), or the first row counts (`first`).
        constant: elements that are the same in every row.
        fields: elements by path, such as `name[0].family`.
    """

    name: Text
    type: Text
    key: Names
    fields: dict[str, Field]
    when: When | None = None
    repeated: Literal["same", "first"] = "same"
    constant: dict[str, Any] = {}


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping file. Tables of `values`, `codes` and `units` are looked up without regard to case and accents."""

    source: Source
    resource: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)]
    values: dict[str, dict[str, str]] = {}
    codes: dict[str, dict[str, tuple[Coding, ...]]] = {}
    units: dict[str, dict[str, Unit]] = {}

    def padded(self) -> frozenset[str]:
        """Columns whose numbers may have lost their first zeros."""
        fields = (field for rule in self.resource for field in rule.fields.values() if field.pad)
        return frozenset(title for field in fields for title in (*field.columns, *field.key))

    def titles(self) -> tuple[str, ...]:
        """Every column that it speaks of, each once."""
        found: list[str] = []
        for rule in self.resource:
            found += [*rule.key, *((rule.when.column,) if rule.when else ())]
            for field in rule.fields.values():
                more = (field.unit_column, field.paper_column, field.issuer_column)
                found += [*field.columns, *field.key, *(each for each in more if each)]
        return tuple(dict.fromkeys(found))
