"""Reading the versions of the national base."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.versions import VersionQuery
from corridor.flows.ports.records import Page


class Histories(Protocol):
    """Every version that was ever written, read only."""

    async def page(self, wanted: VersionQuery) -> Page:
        """One page of versions in the order of their writing; one that says deleted has no body.

        Whoever follows `after` meets every version that was there at the first page once, whatever is written
        meanwhile. A resource that never existed has no versions.

        Raises:
            InvalidError: the place is not one of ours.
        """
