"""What another country told may be shown as long as that country says so: a lease, renewed by a fresh yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.history import Answer

LEASE = timedelta(hours=24)
"""The longest for which a holder lets an asker come back on one confirmed handle, renewals included."""

FRESH = timedelta(seconds=5)
"""A yes counts for that long; after it the holder is asked again before anything is shown."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What became of the copies of one pull since they were told.

    Attributes:
        confirmed: when each holder last said yes again.
        ended: holders that said no, or whose person took the consent back here: their copies are over for good.
    """

    confirmed: Mapping[Country, datetime] = field(default_factory=dict)
    ended: frozenset[Country] = frozenset()

    def is_fresh(self, answer: Answer, now: datetime) -> bool:
        """Whether the holder's last yes still counts; of a clock that was set back nothing is believed."""
        said = self.confirmed.get(answer.country, answer.received_at)
        return timedelta(0) <= now - said <= FRESH
