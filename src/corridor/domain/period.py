"""A span of time as FHIR means it: both ends included, either side may be open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included as in a FHIR Period; None leaves that side open."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at <= self.end)

    def contains(self, other: Period) -> bool:
        """Whether every instant of the other period lies inside."""
        starts = self.start is None or (other.start is not None and self.start <= other.start)
        return starts and (self.end is None or (other.end is not None and other.end <= self.end))

    def common(self, other: Period) -> Period | None:
        """The span that lies inside both, or None where they never meet."""
        start = max(self.start, other.start) if self.start and other.start else self.start or other.start
        end = min(self.end, other.end) if self.end and other.end else self.end or other.end
        return None if start and end and end < start else Period(start, end)


ALWAYS = Period()
"""The period without ends."""
