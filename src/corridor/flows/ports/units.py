"""Opening acts on the node's database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from corridor.domain.record import Draft
from corridor.flows.ports.unit import Unit


class Units(Protocol):
    """Opens units."""

    def begin(self, drafts: Sequence[Draft] = ()) -> AbstractAsyncContextManager[Unit]:
        """A unit that commits durably at the end of the block and leaves nothing behind when it raises.

        Args:
            drafts: what will be written, where that is known; it is made ready before others are kept waiting.
        """
