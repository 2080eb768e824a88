"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Port `Clock`."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)
