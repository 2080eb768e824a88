"""What SQLAlchemy has no words for: pieces of SQL that keep a plan the same whatever the values are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

Condition = ColumnElement[bool]


class OneOf(ColumnElement[bool]):
    """Whether a column is among what a query finds; the query runs first and an index of the column is gone through.

    It has no type of its own: to a truth value SQLAlchemy would add `= 1` on SQLite, past which no index is found.

    Args:
        column: what is compared.
        inner: a query of one column that looks at nothing outside of itself.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], inner: Any) -> None:
        self.column = column
        self.inner = inner.scalar_subquery()


@compiles(OneOf, "postgresql")
def _one_of_postgresql(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY (ARRAY{compiler.process(element.inner, **options)})"


@compiles(OneOf, "sqlite")
def _one_of_sqlite(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} IN {compiler.process(element.inner, **options)}"


class Plain(ColumnElement[Any]):
    """A column that SQLite shall find no index for, because another leads; PostgreSQL knows its tables better."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(Plain, "postgresql")
def _plain_postgresql(element: Plain, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(Plain, "sqlite")
def _plain_sqlite(element: Plain, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"


class Unordered(ColumnElement[int]):
    """A number by which rows are sorted once they are found: no index is walked for its order."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[int]) -> None:
        self.column = column
        self.type = column.type


@compiles(Unordered)
def _unordered(element: Unordered, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.column, **options)} + 0)"


class Joined(ColumnElement[str]):
    """Several texts as one, with a blank between them."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[str]) -> None:
        self.column = column
        self.type = column.type


@compiles(Joined, "postgresql")
def _joined_postgresql(element: Joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.column, **options)}, ' ')"


@compiles(Joined, "sqlite")
def _joined_sqlite(element: Joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.column, **options)}, ' ')"


def fixed(number: int) -> ColumnElement[int]:
    """A whole number that stands in the text of the statement, because it never changes."""
    return literal_column(str(number), Integer())


ONE = fixed(1)
NO_OFFSET = fixed(0)
"""SQLite's dialect always writes an offset; left to itself it would make a parameter of it."""


def found(query: Select[Any]) -> Condition:
    """Whether a query that looks at the row at hand finds anything; it is asked row by row, never joined."""
    return query.limit(ONE).offset(NO_OFFSET).scalar_subquery().is_not(None)
