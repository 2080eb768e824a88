"""What the rows of an import said so far: two rows that differ about one resource are told, not written in turn."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from corridor.domain.errors import UnavailableError
from corridor.domain.record import Draft
from corridor.fhir.mapped_rows import Earlier

_TABLE = "CREATE TABLE seen (name BLOB PRIMARY KEY, content BLOB NOT NULL, place TEXT NOT NULL) WITHOUT ROWID"
_PRIVATE = 0o600


class SeenRows:
    """`Seen` of rows, on disk, because tables have millions of them; it holds hashes and numbers of rows.

    Args:
        path: kept beside the state of an import that may be stopped; None for a file that nobody sees.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    def open(self, *, resume: bool) -> None:
        """Begin anew, or go on with what is there.

        Raises:
            UnavailableError: the disk does not take it.
        """
        if self._path is not None and not resume:
            self._path.unlink(missing_ok=True)
        try:
            self._database = self._opened()
        except (sqlite3.Error, OSError):
            raise UnavailableError(f"{self._path} cannot be written; --restart begins anew.") from None

    def earlier(self, draft: Draft) -> Earlier | None:
        """See the protocol."""
        found = self._rows.execute("SELECT content, place FROM seen WHERE name = ?", (_name(draft),)).fetchone()
        return Earlier(str(found[1]), found[0] == _content(draft)) if found else None

    def keep(self, drafts: Sequence[Draft], *, place: str) -> None:
        """See the protocol."""
        rows = [(_name(each), _content(each), place) for each in drafts]
        self._rows.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", rows)

    def settle(self) -> None:
        """What was kept outlives a kill when this returns."""
        if self._database is not None:
            self._database.commit()

    def close(self) -> None:
        """All is done: nothing has to be compared any more."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    @property
    def _rows(self) -> sqlite3.Connection:
        if self._database is None:
            self.open(resume=True)
        if self._database is None:
            raise UnavailableError("What the rows before said cannot be read.")
        return self._database

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, _PRIVATE))
        database = sqlite3.connect(self._path or "")
        # A kill leaves a file whole; what a loss of power takes is compared no more, and nothing else.
        database.execute("PRAGMA synchronous = OFF")
        if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
            database.execute(_TABLE)
        return database


def _name(draft: Draft) -> bytes:
    return blake2b(f"{draft.resource_type}/{draft.id}".encode(), digest_size=16).digest()


def _content(draft: Draft) -> bytes:
    return blake2b(draft.head + b"\0" + draft.tail, digest_size=16).digest()
