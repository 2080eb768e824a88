"""Work that was promised inside a unit and is done outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One promise: `kind` says which act, `key` of whom or what, `attempt` counts from 0."""

    id: int
    kind: str
    key: str
    payload: bytes
    attempt: int


class Outbox(Protocol):
    """Promises, each kept until it is done."""

    async def due(self, kind: str, *, at: datetime, limit: int) -> tuple[Message, ...]:
        """Oldest first."""

    async def starting(self, kind: str, start: str, *, limit: int) -> tuple[Message, ...]:
        """Those whose key begins so, due or not; oldest first."""

    async def done(self, messages: tuple[Message, ...]) -> None:
        """Forget kept promises; one that was replaced meanwhile stays."""

    async def retry(self, message: Message, *, at: datetime) -> None:
        """Come back at that time."""

    async def waiting(self) -> int:
        """How many promises are not kept yet."""
