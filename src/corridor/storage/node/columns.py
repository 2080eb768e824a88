"""The columns that the tables of a node are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, MetaData, SmallInteger, String
from sqlalchemy.dialects.postgresql import TEXT

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""8 bytes; on SQLite whatever it takes."""

# Byte order on both databases: the order of ids and prefixes must not depend on where the server was installed.
_WORD = String().with_variant(TEXT(collation="C"), "postgresql")


def word(name: str, *, key: bool = False, empty: bool = False) -> Column[str]:
    """A text."""
    return Column(name, _WORD, primary_key=key, nullable=empty)


def number(name: str, *, key: bool = False, empty: bool = False) -> Column[int]:
    """A whole number of up to 8 bytes."""
    return Column(name, NUMBER, primary_key=key, nullable=empty, autoincrement=False)


def ordinal(name: str, *, key: bool = False) -> Column[int]:
    """A whole number of up to 4 bytes: of a row in a small table."""
    return Column(name, Integer, primary_key=key, nullable=False, autoincrement=False)


def element(*, key: bool = False) -> Column[int]:
    """The part of a resource that a fact is from."""
    return Column("element", SmallInteger, primary_key=key, nullable=False, autoincrement=False)


def real(name: str, *, empty: bool = False) -> Column[float]:
    """A number with a fraction; infinite where a value has no end."""
    return Column(name, Double, nullable=empty)


def blob(name: str, *, empty: bool = False) -> Column[bytes]:
    """Bytes."""
    return Column(name, LargeBinary, nullable=empty)
