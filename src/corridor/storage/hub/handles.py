"""Single-use handles and the envelopes behind them, in memory only: when the hub stops, they are gone."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.matching_request import Redeemed

_RANDOM_BYTES = 32
_MOST = 100_000
"""Handles at a time: some 300 MB of envelopes, far above what five countries ask in two minutes."""


class MemoryHandles:
    """Port `Handles` in this process."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._waiting: OrderedDict[str, tuple[Country, Redeemed | None, datetime]] = OrderedDict()

    def issue(self, country: Country, meaning: Redeemed | None, *, until: datetime) -> str:
        """See the port.

        Raises:
            UnavailableError: too many handles are waiting.
        """
        if len(self._waiting) >= self._most:
            raise UnavailableError("Too many searches are under way.")
        handle = secrets.token_urlsafe(_RANDOM_BYTES)
        self._waiting[handle] = (country, meaning, until)
        return handle

    def redeem(self, handle: str, *, country: Country, at: datetime) -> Redeemed | None:
        """See the port; a country that shows another's handle does not use it up."""
        self.forget_ended(at=at)
        found = self._waiting.get(handle)
        if found is None or found[0] != country:
            return None
        del self._waiting[handle]
        return found[1]

    def forget_ended(self, *, at: datetime) -> None:
        """Drop what nobody may redeem any more; handles are made in the order in which they end."""
        while self._waiting:
            oldest = next(iter(self._waiting))
            if self._waiting[oldest][2] > at:
                return
            del self._waiting[oldest]
