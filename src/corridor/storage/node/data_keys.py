"""The file of data keys: one for each person, wrapped, and nowhere in the database that they open (ADR 38).

The file is small, lies outside of the database and of its backups, and loses for good what is deleted from it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from corridor.domain.errors import UnavailableError

_MODE = 0o600
_TABLES = """
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS generation (number INTEGER PRIMARY KEY, master TEXT NOT NULL, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS data_key (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB, generation INTEGER NOT NULL, wrapped BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS data_key_name ON data_key (name);
CREATE INDEX IF NOT EXISTS data_key_generation ON data_key (generation);
"""
_PRAGMAS = (
    "PRAGMA journal_mode=DELETE",  # no second file in which a destroyed key could stay
    "PRAGMA synchronous=EXTRA",
    "PRAGMA secure_delete=ON",  # what is deleted is written over
    "PRAGMA busy_timeout=10000",
)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A wrapped key.

    Attributes:
        number: under which sealed bytes name it; never given twice.
        generation: of the key that wraps it.
    """

    number: int
    generation: int
    wrapped: bytes


class DataKeys:
    """The keys of one file; made empty where there is none.

    Args:
        path: of the file; its folder exists.

    Raises:
        UnavailableError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        self._version = 0
        try:
            path.touch(_MODE)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for pragma in _PRAGMAS:
                self._connection.execute(pragma)
            self._connection.executescript(_TABLES)
            with self._written() as connection:
                if not connection.execute("SELECT id FROM store").fetchone():
                    connection.execute("INSERT INTO store VALUES (?)", (secrets.token_hex(16),))
            self.id: str = self._connection.execute("SELECT id FROM store").fetchone()[0]
        except (OSError, sqlite3.Error):
            raise _unavailable() from None

    def generations(self) -> dict[int, tuple[str, bytes]]:
        """Each generation's master key by name, and its own wrapped key."""
        return {row[0]: (row[1], row[2]) for row in self._rows("SELECT number, master, wrapped FROM generation")}

    def add_generation(self, number: int, master: str, wrapped: bytes) -> None:
        """One more generation."""
        with self._written() as connection:
            connection.execute("INSERT INTO generation VALUES (?, ?, ?)", (number, master, wrapped))

    def forget_generations(self, before: int) -> None:
        """Drop the generations that nothing is wrapped with any more."""
        with self._written() as connection:
            connection.execute("DELETE FROM generation WHERE number < ?", (before,))

    def of_number(self, number: int) -> DataKey | None:
        """The key of that number, or None where it was destroyed."""
        found = self._rows("SELECT number, generation, wrapped FROM data_key WHERE number = ?", (number,))
        return DataKey(*found[0]) if found else None

    def of_name(self, name: bytes) -> DataKey | None:
        """The key that a person's rows are sealed with now."""
        found = self._rows("SELECT number, generation, wrapped FROM data_key WHERE name = ?", (name,))
        return DataKey(*found[0]) if found else None

    def numbers(self) -> Sequence[int]:
        """Every number that has a key."""
        return [row[0] for row in self._rows("SELECT number FROM data_key")]

    def add(self, keys: Iterable[DataKey], names: Iterable[bytes]) -> None:
        """Keep new keys, each under its name; one that got a key meanwhile keeps that."""
        rows = [(name, each.generation, each.wrapped) for each, name in zip(keys, names, strict=True)]
        with self._written() as connection:
            connection.executemany("INSERT OR IGNORE INTO data_key (name, generation, wrapped) VALUES (?, ?, ?)", rows)

    def unname(self, name: bytes) -> int | None:
        """Take a key from its person: what is sealed stays readable, and what is written next gets a new key."""
        with self._written() as connection:
            found = connection.execute("SELECT number FROM data_key WHERE name = ?", (name,)).fetchone()
            connection.execute("UPDATE data_key SET name = NULL WHERE name = ?", (name,))
        return found[0] if found else None

    def end(self, name: bytes) -> int | None:
        """Destroy the key of a name at once; its number."""
        with self._written() as connection:
            gone = connection.execute("DELETE FROM data_key WHERE name = ? RETURNING number", (name,)).fetchall()
        return gone[0][0] if gone else None

    def destroy(self, number: int) -> None:
        """Destroy a key; when this returns no byte of it is in the file."""
        with self._written() as connection:
            connection.execute("DELETE FROM data_key WHERE number = ?", (number,))

    def wrapped_before(self, generation: int, limit: int) -> list[DataKey]:
        """Some of the keys that an older generation wraps."""
        query = "SELECT number, generation, wrapped FROM data_key WHERE generation < ? LIMIT ?"
        return [DataKey(*row) for row in self._rows(query, (generation, limit))]

    def rewrap(self, keys: Iterable[DataKey]) -> None:
        """Keep keys as they are wrapped now; one that was destroyed meanwhile stays so."""
        rows = [(each.generation, each.wrapped, each.number) for each in keys]
        with self._written() as connection:
            connection.executemany("UPDATE data_key SET generation = ?, wrapped = ? WHERE number = ?", rows)

    def changed(self) -> bool:
        """Whether another process wrote to the file since this was asked last."""
        version = self._rows("PRAGMA data_version")[0][0]
        before, self._version = self._version, version
        return bool(before != version)

    def count(self) -> int:
        """How many keys there are."""
        return int(self._rows("SELECT count(*) FROM data_key")[0][0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, _translated():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        raise _unavailable() from None


def _unavailable() -> UnavailableError:
    return UnavailableError("The file of data keys cannot be read or written.")
