"""Which systems may ask this node by themselves."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.client import Client


class Clients(Protocol):
    """The systems that are registered."""

    async def find(self, id: str) -> Client | None:
        """The system of this id, as it is registered at this moment."""
