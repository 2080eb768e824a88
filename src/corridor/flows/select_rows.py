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
    grants = {grant.category: grant for grant in permit.grants}
    if Category.DEMOGRAPHICS not in grants:
        return ()
    whole = {grant.category for grant in permit.grants if grant.whole}
    return tuple(
        [
            row
            for row in rows
            if row.category in whole
            or row.resource_type == "Patient"
            or ((grant := grants.get(row.category)) is not None and grant.allows(row.effective))
        ]
    )
