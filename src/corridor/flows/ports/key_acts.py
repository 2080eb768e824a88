"""What was done with a node's keys by its operators, on its way into the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeyAct:
    """One act.

    Attributes:
        id: tells acts apart.
        act: code, such as `key-ceremony` or `quota-signed`.
        at: aware UTC.
        details: JSON of what is public about it.
    """

    id: str
    act: str
    at: datetime
    details: str


class KeyActs(Protocol):
    """Acts that are not in the log yet; a ceremony needs no database, and none of its acts is lost."""

    def pending(self) -> Sequence[KeyAct]:
        """Oldest first."""

    def done(self, act: KeyAct) -> None:
        """Forget an act that is in the log."""
