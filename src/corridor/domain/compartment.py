"""What somebody wants of everything that a node holds about one patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CompartmentQuery:
    """What of a patient's compartment is wanted.

    Attributes:
        types: FHIR types; empty for all.
        since: only what was written at this instant or later.
        start: only what happened then or later; what has no clinical date is kept.
        end: only what happened before then; what has no clinical date is kept.
        after: opaque position of the last entry already sent, or empty for the first page.
        count: page size, 1 to 500.
    """

    types: tuple[str, ...] = ()
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    after: str = ""
    count: int = 500
