"""Statements that are compiled once, for the paths on which building and compiling SQL would cost more than running it.

SQLAlchemy still writes the SQL from the tables; what is left out is everything between a finished text and the driver.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from itertools import count
from typing import Any

import orjson
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Executable, Integer, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_ASYNCPG: Any = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this constructor untyped

Row = Mapping[str, Any]
Values = Mapping[str, Any]


class Listed(ColumnElement[bool]):
    """Whether a column is one of a list of values that is a single parameter, so that the text never changes.

    Args:
        column: what is compared.
        name: of the parameter.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.parameter: BindParameter[Any] = bindparam(name, type_=ARRAY(column.type))


@compiles(Listed, "postgresql")
def _listed_postgresql(element: Listed, compiler: SQLCompiler, **_options: Any) -> str:
    return f"{compiler.process(element.column)} = ANY({compiler.process(element.parameter)})"


@compiles(Listed, "sqlite")
def _listed_sqlite(element: Listed, compiler: SQLCompiler, **_options: Any) -> str:
    values = f"(SELECT value FROM json_each(:{element.parameter.key}))"  # noqa: S608  # a parameter's name, not a value
    return f"{compiler.process(element.column)} IN {values}"


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement for one database.

    Attributes:
        order: names of the parameters in the order of their numbers; empty where they are named.
        constants: values that stand in the statement itself.
    """

    text: str
    order: Sequence[str]
    constants: Values


class _Way(Enum):
    """How the values that several bring for one parameter go to PostgreSQL together."""

    ONCE, NUMBERS, LIST = range(3)


_GATHERED: Mapping[_Way, Callable[[Sequence[Any]], Any]] = {
    _Way.ONCE: lambda column: column[0],
    _Way.NUMBERS: lambda column: f"{{{','.join(map(str, column))}}}",
    _Way.LIST: list,
}
_WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT"})


class Statement:
    """One statement for both databases; what SQLAlchemy made it from is not kept.

    Args:
        make: the statement, or how to make it from SQLAlchemy's module of the dialect: where the two differ, or where
            there are so many statements that only their texts shall stay.
    """

    def __init__(self, make: Executable | Callable[[Any], Executable]) -> None:
        self._make = make

    @property
    def sqlite(self) -> str:
        """Text with named parameters."""
        return self._named.text

    @property
    def postgresql(self) -> str:
        """Text with numbered parameters."""
        return self._numbered.text

    def named(self, values: Values) -> Values:
        """The values as SQLite takes them; a list travels as JSON."""
        constants = self._named.constants
        if not self._lists:
            return {**constants, **values} if constants else values
        listed = {name: orjson.dumps(each).decode() for name, each in values.items() if isinstance(each, list)}
        return {**constants, **values, **listed}

    def numbered(self, values: Values) -> Sequence[Any]:
        """The values in the order in which PostgreSQL numbers them."""
        constants = self._numbered.constants
        return [values[name] if name in values else constants[name] for name in self._numbered.order]

    def gathered(self, sets: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """Several sets of `numbered` values as `together` takes them.

        asyncpg looks at every element of a list whether it is a list itself, which takes longer than to write it:
        whole numbers go as the text of an array.
        """
        columns = zip(*sets, strict=True)
        return [_GATHERED[way](column) for way, column in zip(self._ways, columns, strict=True)]

    @cached_property
    def together(self) -> str:
        """PostgreSQL's text for several sets of values at once, a list for each parameter; empty where there is none.

        What is found for one set follows that for the sets before it, in the order of the statement, each row with the
        number of its set, from 1, in the last column. What all sets have alike, because the statement says it, is given
        once. Lists cannot be parts of lists, so that a statement with one of its own has no such text.
        """
        types = _types(self.postgresql)
        listed = [number for number, way in zip(types, self._ways, strict=True) if way is not _Way.ONCE]
        if not listed or any(each.endswith("[]") for each in types.values()):
            return ""
        whole = {number for number in listed if types[number] in _WHOLE}
        lists = ", ".join(f"${number}::{'TEXT::' if number in whole else ''}{types[number]}[]" for number in listed)
        names = ", ".join(f"p{number}" for number in listed)
        inner = _PARAMETER.sub(
            lambda found: f"asked.p{found[1]}" if int(found[1]) in listed else found[0], self.postgresql
        )
        asked = f"unnest({lists}) WITH ORDINALITY AS asked({names}, number)"
        return f"SELECT found.*, asked.number AS asked FROM {asked} CROSS JOIN LATERAL ({inner}) AS found"  # noqa: S608  # made of statements of ours; values are bound

    @cached_property
    def _ways(self) -> Sequence[_Way]:
        """How the values of each parameter go together."""
        types, text = _types(self.postgresql), self._numbered
        return [
            _Way.ONCE if name in text.constants else _Way.NUMBERS if types[number] in _WHOLE else _Way.LIST
            for number, name in enumerate(text.order, 1)
        ]

    @cached_property
    def _lists(self) -> bool:
        return "json_each" in self.sqlite

    @cached_property
    def _named(self) -> _Text:
        return self._compiled(sqlite, sqlite.dialect(paramstyle="named"))

    @cached_property
    def _numbered(self) -> _Text:
        return self._compiled(postgresql, _ASYNCPG)

    def _compiled(self, module: Any, dialect: Any) -> _Text:
        made: Any = self._make(module) if callable(self._make) else self._make
        compiled: SQLCompiler = made.compile(dialect=dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return _Text(str(compiled), tuple(compiled.positiontup or ()), constants)


_PARAMETER = re.compile(r"\$([0-9]+)(?:::([A-Z]+(?: PRECISION)?(?:\[\])?))?")
_LIMIT_TYPE = "BIGINT"
"""Of what is written without a type: SQLAlchemy gives none to the number after LIMIT."""


def _types(text: str) -> dict[int, str]:
    """The type of each numbered parameter, in order."""
    found: dict[int, str] = {}
    for number, kind in _PARAMETER.findall(text):
        found[int(number)] = found.get(int(number)) or kind
    return {number: found[number] or _LIMIT_TYPE for number in sorted(found)}


Columns = tuple[str, ...]

REPLACED = "replaced"
"""Under this a table tells by which columns a new row takes an old one's place."""


@cache
def insertion(table: Table, columns: Columns) -> Statement:
    """SQLite's statement that inserts one row of a table."""
    added = insert(table).values({name: bindparam(name) for name in columns})
    return Statement(added.prefix_with("OR REPLACE") if REPLACED in table.info else added)


@cache
def pouring(tables: tuple[tuple[Table, Columns], ...]) -> str:
    """PostgreSQL's statement that inserts rows of several tables at once, from one array for each column.

    COPY would be as fast and is not to be had where rows are guarded by row-level security; and each statement that is
    sent apart costs a journey to the server.
    """
    places, parts = count(1), []
    for table, columns in tables:
        named = ", ".join(f'"{name}"' for name in columns)
        arrays = ", ".join(f"${next(places)}{_cast(table, name)}" for name in columns)
        parts.append(f'INSERT INTO "{table.name}" ({named}) SELECT * FROM unnest({arrays}){_instead(table)}')  # noqa: S608  # names of ours
    *first, last = parts
    beside = ", ".join(f"part{place} AS ({part})" for place, part in enumerate(first))
    return f"WITH {beside} {last}" if beside else last


def poured(table: Table, name: str, values: Sequence[Any]) -> Any:
    """A column's values as `pouring` takes them.

    Numbers travel as the text of an array: asyncpg asks of each whether it is a list, which costs more than all else.
    """
    return f"{{{orjson.dumps(values)[1:-1].decode()}}}" if _is_number(table, name) else values


def _instead(table: Table) -> str:
    """How a new row takes the place of an old one, under a number of its own."""
    alike = table.info.get(REPLACED, ())
    taken = ", ".join(f'"{name}" = excluded."{name}"' for name in [each.name for each in table.c] if name not in alike)
    return f" ON CONFLICT ({', '.join(alike)}) DO UPDATE SET {taken}" if alike else ""


def _cast(table: Table, name: str) -> str:
    written: str = table.c[name].type.compile(dialect=_ASYNCPG)
    array = f"::{written.partition(' COLLATE')[0]}[]"
    return f"::TEXT{array}" if _is_number(table, name) else array


def _is_number(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, Integer)
