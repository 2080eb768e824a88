"""One share of the token key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Share(Protocol):
    """One share; it evaluates blinded elements and never leaves."""

    @property
    def index(self) -> int:
        """1 to n."""

    def answer(self, blinded: Sequence[bytes]) -> list[bytes]:
        """Partial evaluations in the same order, for this node's own use: it need not prove anything to itself.

        Raises:
            InvalidError: an element is not a valid group element, or is the identity.
        """

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Partial evaluations in the same order, and one proof for all of them; errors as for `answer`."""
