"""Time that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class FakeClock:
    """Port `Clock`."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """See the port."""
        return self.at

    def advance(self, **parts: float) -> datetime:
        """Let time pass, in the words of `timedelta`."""
        self.at += timedelta(**parts)
        return self.at
