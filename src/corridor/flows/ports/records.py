"""Reading the national base without opening a unit."""

from __future__ import annotations

from typing import Protocol

import msgspec

from corridor.domain.query import Query
from corridor.domain.record import Record


class Page(msgspec.Struct, frozen=True):
    """One page of a search.

    Attributes:
        records: in the order that was asked for.
        total: number of all matches, or None where it was not asked for.
        after: position to continue from, empty on the last page.
        included: what is sent along with them, each once and none that is a match of this page.
    """

    records: tuple[Record, ...]
    total: int | None
    after: str
    included: tuple[Record, ...] = ()


class Records(Protocol):
    """The stored resources, read only."""

    async def read(self, resource_type: str, id: str) -> Record | None:
        """The current version, deleted or not; None where it never existed. The hot path: no model, no ORM."""

    async def read_version(self, resource_type: str, id: str, version: int) -> Record | None:
        """One version, current or past."""

    async def search(self, query: Query) -> Page:
        """One page; AuditEvents are found in the log, everything else in the records.

        Raises:
            InvalidError: the cursor is not one of ours.
        """
