"""This node's share of the token key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Shares(Protocol):
    """Evaluates blinded elements; the share itself never leaves."""

    @property
    def index(self) -> int:
        """1 to n."""

    @property
    def epoch(self) -> int:
        """Number of the token key that the share belongs to."""

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Partial evaluations in the same order, and one proof for all of them.

        Raises:
            InvalidError: an element is not a valid group element, or is the identity.
        """
