"""The holders of the token key's shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Holders(Protocol):
    """Any `threshold` of them can evaluate together."""

    async def evaluate(self, blinded: Sequence[bytes], *, timeout_seconds: float) -> Mapping[int, Sequence[bytes]]:
        """Partial evaluations by share index, from exactly `threshold` holders, every proof checked.

        A holder whose proof is wrong is named in the log and passed over.

        Raises:
            UnavailableError: fewer than `threshold` holders gave right answers in time.
        """
