"""Which signed messages were seen already."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Nonces(Protocol):
    """Numbers used once; the insert is the check."""

    async def spend(self, key_id: str, nonce: str, *, until: datetime) -> bool:
        """True the first time and False ever after, until `until` has passed."""
