"""One file that is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol


class StoredFile(Protocol):
    """A file that is read piece by piece; only one piece is in memory at once."""

    @property
    def size_bytes(self) -> int:
        """Length of what was written."""

    def parts(self, start: int, end: int) -> AsyncIterator[bytes]:
        """What was written, from one place up to another."""
