"""Statements that are compiled once, for the paths on which building and compiling SQL would cost more than running it.

SQLAlchemy still writes the SQL from the tables; what is left out is everything between a finished text and the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import orjson
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Executable, Table, bindparam, insert
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


@cache
def insertion(table: Table) -> Statement:
    """The statement that inserts one row of a table, every column of it."""
    return Statement(insert(table))
