"""The holders of the token key's shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from corridor.domain.directory import TokenKey


class Holders(Protocol):
    """Any `threshold` of them can evaluate together."""

    async def evaluate(
        self, blinded: Sequence[bytes], *, key: TokenKey, timeout_seconds: float
    ) -> Mapping[int, Sequence[bytes]]:
        """Partial evaluations by share index, from exactly as many holders as the key needs, every proof checked.

        A holder that answers wrongly is named, in the log and on record, and passed over.

        Raises:
            UnavailableError: too few holders gave right answers in time.
        """
