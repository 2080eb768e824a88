"""The table around which a ceremony is held: a folder that everybody's notes are put into, by whatever road."""

from __future__ import annotations

from pathlib import Path

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.keys.ceremony_notes import NoteKind
from corridor.keys.plan import Plan, read_plan

PLAN_FILE = "plan.json"
PUBLIC_FILE = "public.json"
NOTE_BYTES_MAX = 1024 * 1024


class CeremonyTable:
    """Reads and writes the notes of one ceremony; nothing on it is secret, and nothing on it is trusted unchecked.

    Args:
        folder: shared, or carried from one party to the next.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self) -> Plan:
        """The plan.

        Raises:
            UnavailableError: there is none.
            InvalidError: it makes no sense.
        """
        return read_plan(self._read(self.folder / PLAN_FILE) or self._missing())

    def note(self, kind: NoteKind, by: Country, to: str = "") -> bytes | None:
        """A party's note, or None where it has not written it yet."""
        return self._read(self._path(kind, by, to))

    def put(self, kind: NoteKind, by: Country, content: bytes, *, to: str = "") -> None:
        """Lay down a note, whole or not at all.

        Raises:
            UnavailableError: it cannot be written.
        """
        self.write(self._path(kind, by, to).name, content)

    def write(self, name: str, content: bytes) -> None:
        """Lay down a file; errors as for `put`."""
        path = self.folder / name
        beside = path.with_name(path.name + ".new")
        try:
            beside.write_bytes(content)
            beside.replace(path)
        except OSError:
            raise UnavailableError(f"The file {path} cannot be written.") from None

    def _path(self, kind: NoteKind, by: Country, to: str) -> Path:
        return self.folder / ("-".join(filter(None, (kind.value, by, to))) + ".json")

    def _read(self, path: Path) -> bytes | None:
        try:
            with path.open("rb") as file:
                return file.read(NOTE_BYTES_MAX)
        except FileNotFoundError:
            return None
        except OSError:
            raise UnavailableError(f"The file {path} cannot be read.") from None

    def _missing(self) -> bytes:
        raise UnavailableError(f"There is no plan in {self.folder}. Make one with `corridor keys plan`.")
