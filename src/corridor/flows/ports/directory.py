"""Who takes part, as it is known now."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.directory import Federation


class Directory(Protocol):
    """The pinned federation."""

    def federation(self) -> Federation:
        """The newest version that is trusted here; never waits."""
