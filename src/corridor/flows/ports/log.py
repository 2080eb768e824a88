"""Where log lines go."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.log import LogEvent


class Log(Protocol):
    """Writes events of the catalogue."""

    def __call__(self, event: LogEvent, **fields: str | float | None) -> None:
        """One line with fields that the event lists."""
