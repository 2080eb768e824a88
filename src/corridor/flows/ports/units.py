"""Opening acts on the node's database."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from corridor.flows.ports.unit import Unit


class Units(Protocol):
    """Opens units."""

    def begin(self) -> AbstractAsyncContextManager[Unit]:
        """A unit that commits durably at the end of the block and leaves nothing behind when it raises."""
