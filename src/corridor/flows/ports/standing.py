"""Whether a resource is here already exactly as it is about to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from corridor.domain.record import Draft


class Standing(Protocol):
    """The current versions, compared with drafts."""

    async def unchanged(self, drafts: Sequence[Draft]) -> tuple[bool, ...]:
        """For each draft whether its current version differs in nothing but what a server writes in `meta`."""
