"""Of a person's projection, the rows that a consent lets go."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.category import Category
from corridor.domain.consent import Permit
from corridor.flows.ports.unit import Projected


def select_rows(rows: Sequence[Projected], permit: Permit) -> tuple[Projected, ...]:
    """Rows whose category and clinical date are permitted; the Patient goes with them or nothing goes.

    Source: IHE PCF, residual filters of an access decision.
    """
    if Category.DEMOGRAPHICS not in permit.categories:
        return ()
    return tuple(row for row in rows if row.resource_type == "Patient" or permit.allows(row.category, row.effective))
