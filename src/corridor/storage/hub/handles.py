"""Single-use handles and the envelopes behind them, in memory only: when the hub stops, they are gone."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.matching_request import Redeemed
from corridor.flows.ports.handles import Meaning

_RANDOM_BYTES = 32
_MOST = 100_000
"""Handles at a time: some 300 MB of envelopes, far above what five countries ask in two minutes."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryHandles:
    """Port `Handles` in this process; what nobody redeems is dropped when its time is up, with nobody asking.

    Args:
        now: the time by which handles end.
        most: how many may wait at a time.
    """

    def __init__(self, now: Callable[[], datetime] = _utc_now, *, most: int = _MOST) -> None:
        self._now = now
        self._most = most
        self._waiting: dict[str, tuple[Country, Meaning, datetime]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def issue(self, country: Country, meaning: Meaning, *, until: datetime) -> str:
        """See the port.

        Raises:
            UnavailableError: too many handles are waiting.
        """
        if len(self._waiting) >= self._most:
            raise UnavailableError("Too many searches are under way.")
        handle = secrets.token_urlsafe(_RANDOM_BYTES)
        self._waiting[handle] = (country, meaning, until)
        left = (until - self._now()).total_seconds()
        asyncio.get_running_loop().call_later(max(left, 0), self._waiting.pop, handle, None)
        return handle

    async def redeem(self, handle: str, *, country: Country, at: datetime) -> Redeemed | None:
        """See the port; a country that shows another's handle does not use it up."""
        owner, meaning, until = self._waiting.get(handle, (None, None, at))
        if meaning is None or owner != country or at >= until:
            return None
        del self._waiting[handle]
        return await meaning()
