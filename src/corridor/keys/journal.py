"""Acts of operators on keys, kept in files until the node has them in its log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.flows.ports.key_acts import KeyAct
from corridor.keys.files import write_private


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    act: str
    at: datetime
    details: str


class KeyJournal:
    """Port `KeyActs` in a node's key folder.

    Args:
        folder: of the key files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, act: str, details: Mapping[str, object]) -> None:
        """Keep an act for the log; when this returns, it is on the disk.

        Raises:
            UnavailableError: it cannot be written.
        """
        at = datetime.now(UTC)
        name = f"act-{at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.json"
        content = msgspec.json.encode(_Act(act, at, msgspec.json.encode(details).decode()))
        write_private(self._folder / name, content)

    def pending(self) -> Sequence[KeyAct]:
        """See the port.

        Raises:
            InvalidError: a file was altered.
            UnavailableError: one cannot be read.
        """
        return [self._read(path) for path in sorted(self._folder.glob("act-*.json"))]

    def done(self, act: KeyAct) -> None:
        """See the port."""
        (self._folder / act.id).unlink(missing_ok=True)

    def _read(self, path: Path) -> KeyAct:
        try:
            act = msgspec.json.decode(path.read_bytes(), type=_Act)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise InvalidError(f"The file {path.name} of the key folder is malformed.") from None
        except OSError:
            raise UnavailableError(f"The file {path.name} of the key folder cannot be read.") from None
        return KeyAct(path.name, act.act, act.at, act.details)
