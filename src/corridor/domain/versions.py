"""Which versions of which resources a history shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """One page of a history.

    Attributes:
        resource_type: empty for every type but AuditEvent: a history of the whole base is no log of who read it.
        id: one resource of that type, or empty for all.
        since: only versions written at this instant or later.
        at: only versions that were the current one at some time in the half-open interval [start, end).
        descending: True for the newest first.
        count: page size, 1 to 500; 0 asks for the total only.
        after: opaque place of the last version already sent, or empty for the first page.
        counted: whether all versions are counted.
    """

    resource_type: str = ""
    id: str = ""
    since: datetime | None = None
    at: tuple[datetime, datetime] | None = None
    descending: bool = True
    count: int = 20
    after: str = ""
    counted: bool = False
