"""This node's shares of the token key."""

from __future__ import annotations

from typing import Protocol

from corridor.flows.ports.share import Share


class Shares(Protocol):
    """The shares that this node holds: usually one, two while a key or its shares are changed."""

    def of(self, epoch: int, generation: int) -> Share | None:
        """The share of a key's generation, or None where this node holds none."""
