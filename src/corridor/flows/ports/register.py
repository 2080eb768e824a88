"""The hub, as a node sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure, LogState
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.trace import Trace


class Register(Protocol):
    """The token register and its single-use handles.

    Every method raises UnavailableError when the hub does not answer in time.
    """

    async def register(self, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """Add or replace persons by handle."""

    async def remove(self, handles: Sequence[bytes]) -> None:
        """Forget persons."""

    async def locate(self, search: Search, *, trace: Trace, timeout_seconds: float) -> Mapping[Country, str]:
        """One single-use handle per country asked, real or decoy; nothing tells which."""

    async def redeem(self, handle: str, *, trace: Trace, timeout_seconds: float) -> Redeemed | None:
        """What a handle stands for, once; None for a decoy, a used, an expired or a foreign one."""

    async def report(self, disclosures: Sequence[Disclosure], state: LogState) -> None:
        """Tell the coordinator, once per disclosure id."""

    async def log_size(self) -> int:
        """How many leaves of this node's log the hub has seen proven."""
